"""Waiting for a screen: for a condition, never for a time."""

import asyncio

DEADLINE = 120.0
"""Seconds after which a condition will not come any more."""


async def until(pilot, is_reached):
    async with asyncio.timeout(DEADLINE):
        while not is_reached():
            await pilot.pause(0.02)
