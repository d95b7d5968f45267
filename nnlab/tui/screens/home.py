"""Home: where you were, and a network that is learning right now."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual import events, on
from textual.app import ComposeResult, RenderResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from nnlab.lab.course import WORKBENCH, Lesson
from nnlab.lab.errors import NnlabError
from nnlab.tui import actions
from nnlab.tui.screens.lab_screen import LabScreen
from nnlab.tui.speech import speech_of
from nnlab.tui.widgets.footer import Footer
from nnlab.tui.widgets.lesson_list import LessonList, LessonRow

if TYPE_CHECKING:
    from nnlab.tui.widgets.live_network import LiveNetwork

LIVE_LESSON, LIVE_EXPERIMENT = "perceptrons", "spirals"
WORDMARK = (
    "            █        █    ",
    "█▀▀▄  █▀▀▄  █  ▄▀▀█  █▀▀▄ ",
    "█  █  █  █  █  ▀▄▄█  █▄▄▀ ",
)


class Wordmark(Widget):
    """The lab's name: drawn large where there is room, one row elsewhere."""

    def render(self) -> RenderResult:
        """Draw it."""
        speech = speech_of(self)
        if self.size.height >= 6 and not speech.is_ascii:
            mark = [speech.content((row, "$accent")) for row in WORDMARK]
            return Content("\n").join([*mark, Content(""), speech.content((speech.say("app.tagline"), "$muted"))])
        tagline = speech.say("app.tagline" if self.size.width >= 60 else "app.tagline-short")
        return speech.content((speech.say("app.name"), "bold $accent"), "  ", (tagline, "$muted"))


class HomeScreen(LabScreen):
    """The lessons on the left, the live network on the right."""

    PLACE = "home"
    BINDINGS = actions.bindings("home")
    CSS_PATH = "home.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._is_painted = False

    def compose(self) -> ComposeResult:
        """Lessons at once; the live network comes after the first paint."""
        with Vertical(id="lessons"):
            yield Wordmark()
            yield LessonList(self._rows(), page_title=self._page_title, id="list")
        yield Vertical(id="live")
        yield Footer()

    def on_mount(self) -> None:
        """Take the keys. What is heavy comes after the first paint, which the screen's own callback would precede."""
        self.query_one(LessonList).focus()
        self.app.call_after_refresh(self._after_first_paint)

    async def _after_first_paint(self) -> None:
        self._is_painted = True
        self.query_one(LessonList).refresh()
        if self._has_live():
            await self._go_live()

    def _has_live(self) -> bool:
        try:
            return self.lab.options.is_live and LIVE_EXPERIMENT in self.lab.course.lesson(LIVE_LESSON).experiments
        except NnlabError:
            return False

    async def _go_live(self) -> None:
        from nnlab.tui.widgets.live_network import LiveNetwork

        await self.query_one("#live").mount(LiveNetwork(self.lab, id="network"))

    @property
    def live(self) -> "LiveNetwork | None":
        """The live network, once it is there."""
        found = self.query("#network")
        return cast("LiveNetwork", found.first()) if found else None

    def on_screen_suspend(self) -> None:
        """Give the processor to the screen that opens."""
        if self.live is not None and getattr(self.app.screen, "PLACE", "") not in actions.LAYERS:
            self.live.hold()

    def on_screen_resume(self) -> None:
        """Show what was read and solved meanwhile."""
        self.query_one(LessonList).rows = tuple(self._rows())
        if self.live is not None:
            self.live.release()

    def stop_run(self) -> bool:
        """Pause the live network."""
        return self.live is not None and self.live.stop()

    def look_changed(self) -> None:
        """Draw the live network with the new colours or glyphs."""
        if self.live is not None:
            self.live.relook()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The live network can be opened when there is one."""
        if action in ("forget", "forget_all"):
            return bool(self._forgettable(action))
        if action == "live_run":
            return self.live is not None and self.live.state != "starting" and bool(self.live.region)
        return self._has_live() if action == "live" else True

    def wording(self, action_id: str) -> str | None:
        """Space pauses, continues or runs again."""
        if action_id != "live_run" or self.live is None:
            return None
        return {"training": "action.run.pause", "paused": "action.run.resume"}.get(
            self.live.state, "action.run.restart"
        )

    def action_live_run(self) -> None:
        """Pause or continue the live network."""
        if self.live is not None:
            self.live.toggle()

    def action_live(self) -> None:
        """Open the live network's experiment."""
        self.lab.open_lesson(LIVE_LESSON, experiment=LIVE_EXPERIMENT)

    def action_history(self) -> None:
        """Open the history."""
        from nnlab.tui.screens.history import HistoryScreen

        self.app.push_screen(HistoryScreen())

    def action_workbench(self) -> None:
        """Open the workbench."""
        from nnlab.tui.screens.workbench import WorkbenchScreen

        lesson = self.lab.course.lesson(WORKBENCH)
        self.app.push_screen(WorkbenchScreen(lesson, lesson.experiments[0]))

    def action_forget(self) -> None:
        """Ask, then forget what was done in the chosen lesson."""
        slug = self._forgettable("forget")
        self._ask_to_forget("home.forget", lambda: self._title(slug), slug)

    def action_forget_all(self) -> None:
        """Ask, then forget what was done in all lessons."""
        self._ask_to_forget("home.forget-all", lambda: "", None)

    def _forgettable(self, action: str) -> str:
        """Return a lesson in which there is progress to forget: for "forget" the chosen one; "" where there is none."""
        slugs = self.lab.progress.slugs
        if action == "forget_all":
            return slugs[0] if slugs else ""
        listing = self.query_one(LessonList)
        slug = listing.rows[listing.chosen].slug if listing.rows else ""
        return slug if slug in slugs else ""

    def _title(self, slug: str) -> str:
        return next((row.title for row in self.query_one(LessonList).rows if row.slug == slug), slug)

    def _ask_to_forget(self, key: str, title: Callable[[], str], slug: str | None) -> None:
        from nnlab.tui.screens.sure import SureScreen

        def forget() -> None:
            self.lab.progress.reset(slug)
            self.query_one(LessonList).rows = tuple(self._rows())
            self.tell(self.say("home.forgot"))

        self.app.push_screen(SureScreen(lambda: self.say(key, title=title()), forget))

    def speech_changed(self) -> None:
        """Titles come in the new language."""
        self.query_one(LessonList).rows = tuple(self._rows())

    def _rows(self) -> list[LessonRow]:
        rows = []
        for slug in self.lab.course.slugs:
            try:
                rows.append(self._row(self.lab.course.lesson(slug)))
            except NnlabError as error:
                words = str(error).replace(f"{self.lab.course.folder}/", "")
                rows.append(LessonRow(slug, slug, words, (), 0, 0, 1, "", "broken"))
        return rows

    def _row(self, lesson: Lesson) -> LessonRow:
        progress = self.lab.progress.lesson(lesson.slug)
        read = tuple(page in progress.read for page in lesson.pages)
        page = progress.page if progress.page in lesson.pages else lesson.pages[0] if lesson.pages else ""
        state = "start" if not any(read) else "again" if all(read) else "continue"
        return LessonRow(
            slug=lesson.slug,
            title=lesson.title(self.speech.language),
            summary=lesson.summary(self.speech.language),
            pages=read,
            done=progress.done(lesson),
            exercises=len(lesson.exercises),
            next_page=lesson.pages.index(page) + 1 if page else 1,
            next_page_id=page,
            state=state,  # type: ignore[arg-type]  # one of the three literals by the line above
        )

    def _page_title(self, row: LessonRow) -> str:
        if not self._is_painted:
            return row.next_page_id
        from nnlab.lab.prose import read_page  # reads Markdown: not before the first paint

        try:
            return read_page(self.lab.course.lesson(row.slug), row.next_page_id, self.speech.language).title
        except (NnlabError, KeyError):
            return row.next_page_id

    def action_choose(self, key: str) -> None:
        """Move the choice."""
        self.query_one(LessonList).choose(1 if key == "down" else -1)

    def action_open(self) -> None:
        """Open the chosen lesson."""
        listing = self.query_one(LessonList)
        if listing.rows:
            self._open(listing.rows[listing.chosen].slug)

    @on(LessonList.Opened)
    def open_clicked(self, event: LessonList.Opened) -> None:
        """Open the row that was clicked."""
        self._open(event.slug)

    def _open(self, slug: str) -> None:
        self.lab.open_lesson(slug)

    def on_key(self, event: events.Key) -> None:
        """A digit chooses the lesson of that number."""
        if (
            event.character
            and event.character.isdecimal()
            and 1 <= int(event.character) <= len(self.query_one(LessonList).rows)
        ):
            self.query_one(LessonList).chosen = int(event.character) - 1
