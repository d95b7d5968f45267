"""Preferences are kept, and a damaged file costs nobody the session."""

from pathlib import Path

from nnlab.tui.preferences import Preferences, read, write


def test_preferences_come_back_as_they_were_written(tmp_path: Path) -> None:
    chosen = Preferences(theme="light", language="zh", glyphs=None, reduced_motion=True)
    write(tmp_path / "deep" / "settings.toml", chosen)
    assert read(tmp_path / "deep" / "settings.toml") == (chosen, "")


def test_no_file_means_defaults(tmp_path: Path) -> None:
    assert read(tmp_path / "settings.toml") == (Preferences(), "")


def test_a_damaged_file_is_moved_aside_and_named(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('theme = "purple"')
    preferences, notice = read(path)
    assert preferences == Preferences()
    aside = next(tmp_path.glob("settings.damaged-*.toml"))
    assert aside.name in notice
    assert not path.exists()


def test_a_folder_that_cannot_be_written_is_survived(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    write(tmp_path / "file" / "settings.toml", Preferences())
    assert (tmp_path / "file").read_text() == ""
