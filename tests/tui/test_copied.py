"""What is copied is shown in full and copied in full, however long it is and however small the terminal."""

import base64

import pytest

from nnlab.tui.screens.copied import CopiedScreen
from nnlab.tui.screens.workbench import WorkbenchScreen
from tests.tui.waiting import until

LONG = "16 relu, dropout 0.1, layernorm, 16 relu, dropout 0.1, layernorm, 16 relu, dropout 0.1, layernorm, 8 tanh"


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
def test_a_long_line_is_shown_and_copied_whole(bench, shown, size, monkeypatch) -> None:
    async def script(pilot, screen) -> None:
        sent = []
        for name, value in {"layers": LONG, "features": "x1, x2, x1^2, x2^2, sin(x1), sin(x2)", "seed": "7"}.items():
            screen.bench.select(name)
            screen.bench.put(value)
        await until(pilot, lambda: screen.session.knobs.get("features", "").startswith("x1, x2, x1^2"))
        await until(pilot, lambda: screen.session.settings.seed == 7 and screen.session.state == "ready")
        monkeypatch.setattr(screen.app._driver, "write", sent.append)
        screen.set_focus(None)
        await pilot.press("y")
        line = screen.shell_line()
        assert any(base64.b64encode(line.encode()).decode() in text for text in sent), "OSC 52 takes all of it"
        monkeypatch.undo()
        await until(pilot, lambda: LONG.split(",")[-1] in shown(screen.app).replace("\n", " "))
        if size == (80, 24):
            await until(pilot, lambda: isinstance(screen.app.screen, CopiedScreen))
            assert "--steps 2000" in shown(screen.app)
            await pilot.press("l")
            await until(pilot, lambda: "已复制" in shown(screen.app))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(screen.app.screen, WorkbenchScreen))

    bench(script, size)


def test_language_and_theme_work_where_a_sweep_is_set_up(bench, shown) -> None:
    async def script(pilot, screen) -> None:
        await pilot.press("S")
        await until(pilot, lambda: screen.app.screen is not screen)
        await pilot.press("l")
        await until(pilot, lambda: screen.speech.language == "zh")
        theme = screen.app.theme
        await pilot.press("t")
        assert screen.app.theme != theme
        await pilot.press("escape")
        await until(pilot, lambda: screen.app.screen is screen)

    bench(script, (80, 24))
