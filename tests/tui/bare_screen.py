"""Stands in for a screen in the tests of a session: an asyncio loop, and no Textual."""

import asyncio

from nnlab.tui.session import Session

DEADLINE = 30.0
FOREVER = 10_000_000


class Screen:
    """Stands in for the screen: paints after every update, and lets a test wait for a condition."""

    def __init__(self, lessons):
        self.news = asyncio.Event()
        self.updates = 0
        self.paints = True
        self.session = Session(self.updated, lessons=str(lessons))

    def updated(self):
        self.updates += 1
        self.news.set()

    async def until(self, condition):
        async with asyncio.timeout(DEADLINE):
            while not condition():
                if self.paints:
                    self.session.painted()
                self.news.clear()
                await self.news.wait()

    async def training(self, experiment="walk", **settings):
        """Start, and wait until some steps are made."""
        self.session.start("toy", experiment, **{"steps": FOREVER, **settings})
        await self.until(lambda: self.session.state == "training" and self.session.run.step > 0)
