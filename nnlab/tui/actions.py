"""Actions: one registry that gives key bindings, the footer, the help page and the palette.

How to add an action:
1. Add an `Action` to ACTIONS. `place` is "app" or the `PLACE` of a screen, or those of several ("lesson workbench"), or
   of a widget whose keys come first while it has the focus; the order inside a place is the order of the help page;
   `footer` ranks it in the last row (small first; None: not there).
2. Add `action.<id>.verb` (a word or two, for the footer and the palette) and `action.<id>.help` to catalogue/en.toml
   and zh.toml.
3. Write `def action_<id>(self)` in the screen, or in the app. With `passes_key` it takes the key: `action_answer("2")`.
   An action without such a method does not exist for that screen: no key, no footer item, no palette row.
4. Where it does not hold right now, let the screen's `check_action(action, parameters)` return False, and call
   `refresh_bindings()` when that changes. A verb that depends on the state ("pause" for "run"): the screen's
   `wording(action_id)` returns another catalogue key, such as "action.run.pause". What is worth the most right now:
   the screen's `preferred`, ids of actions that come first in the last row.

Screens take their keys with `BINDINGS = bindings("lesson")`. Everything else happens by itself.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType
from textual.dom import DOMNode

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen


@dataclass(frozen=True, slots=True)
class Action:
    """Something that the user can do."""

    id: str
    place: str
    keys: tuple[str, ...] = ()
    """Textual key names; the first is the one that is named."""
    shown: str = ""
    """How the keys are written; empty: as the first key is called."""
    footer: int | None = None
    """Rank in the last row, small first."""
    passes_key: bool = False
    """The action method takes the key that was pressed."""
    is_first: bool = False
    """The key is taken before the focused widget sees it (never for printable keys)."""
    first_in: str = ""
    """Places in which it is so: what moves the focus must have moved it before the next key finds its widget."""
    typing: str = ""
    """How the key is written that still works while text is typed; empty: none does."""
    click: str = ""
    """With `passes_key`: the key that a click or a palette choice passes; empty: it is in neither."""

    def is_of(self, place: str) -> bool:
        """Whether it belongs to that place."""
        return place in self.place.split()

    def is_first_in(self, place: str) -> bool:
        """Whether its key is taken there before the focused widget sees it."""
        return self.is_first or place in self.first_in.split()

    @property
    def key_label(self) -> str:
        """The key as the footer and the help page write it."""
        return self.shown or (self.keys[0] if self.keys else "")

    def call(self, key: str = "") -> str:
        """Return the Textual action string."""
        return f"{self.id}({key!r})" if self.passes_key else self.id


ARROWS = ("up", "down", "left", "right")
ACTIONS: tuple[Action, ...] = (
    Action("choose", "home", ("up", "down"), "↑↓", footer=1, passes_key=True, click="down"),
    Action("open", "home", ("enter",), footer=2),
    Action("live", "home", ("o",)),
    Action("workbench", "home lesson", ("w",), footer=5),
    Action("history", "home", ("h",), footer=6),
    Action("history_of", "lesson workbench", ("H",), footer=12),
    Action("live_run", "home", ("space",), footer=7),
    Action("forget", "home"),
    Action("forget_all", "home"),
    Action("enter", "workbench history", ("enter",), footer=0, typing="enter"),
    Action("run_form", "workbench", ("ctrl+r",), footer=1, is_first=True, typing="ctrl+r"),
    Action("run", "lesson workbench", ("space",), footer=1),
    Action("step", "lesson workbench", ("s",), footer=2),
    Action("next_phase", "lesson", ("n",), footer=2),
    Action("d_step", "lesson", ("d",), footer=3),
    Action("g_step", "lesson", ("g",), footer=3),
    Action("back", "lesson workbench", ("b",), footer=11),
    Action("rewind", "lesson workbench", ("r",), footer=3),
    Action("next_seed", "lesson workbench", ("e",), footer=6),
    Action("slower", "lesson workbench", ("less_than_sign",), "<", footer=13),
    Action("faster", "lesson workbench", ("greater_than_sign",), ">", footer=12),
    Action("page", "lesson", ("left", "right"), "←→", footer=4, passes_key=True, click="right"),
    Action("answer", "lesson", tuple("123456789"), "1–9", passes_key=True),
    Action("next_part", "lesson workbench history", ("tab",), footer=5, first_in="lesson"),
    Action("previous_part", "lesson workbench", ("shift+tab",), first_in="lesson"),
    Action("zoom", "lesson workbench", ("z",), footer=7),
    Action("inspect", "lesson workbench", ("i",), footer=9),
    Action("sample", "lesson workbench", ("full_stop", "comma"), ", .", footer=3, passes_key=True, click="full_stop"),
    Action(
        "beside", "lesson workbench history", ("shift+right", "shift+left"), "⇧←→", passes_key=True, click="shift+right"
    ),
    Action("copy", "lesson workbench history copied", ("y",), footer=8),
    Action("python", "workbench", ("P",), footer=16),
    Action("export", "workbench", ("E",), footer=16),
    Action("undo", "workbench", ("u", "ctrl+z"), footer=8),
    Action("redo", "workbench", ("U", "ctrl+y"), footer=14),
    Action("mark", "workbench history", ("x",), footer=2),
    Action("overlay", "workbench", ("equals_sign",), "=", footer=3),
    Action("sweep", "workbench", ("S",), footer=4),
    Action("drop", "workbench", ("d",), footer=12),
    Action("filter", "history", ("f",), footer=3),
    Action("pin", "workbench history", ("k",), footer=4),
    Action("rename", "history", ("n",), footer=6),
    Action("delete", "history", ("d",), footer=7),
    Action("seeds", "workbench", ("n",), footer=7),
    Action("metric", "workbench history", ("m",), footer=10),
    Action("axis", "workbench history", ("a",), footer=13),
    Action("log", "workbench history", ("g",), footer=13),
    Action("smooth", "workbench history", ("c",), footer=13),
    Action("open_data", "workbench", ("o",), footer=6),
    Action("turn_view", "workbench", ("left", "right"), "←→", footer=11, passes_key=True, click="right"),
    Action("draw", "lesson workbench", ("p",), footer=2),
    Action("edit", "lesson", ("o",), footer=2),
    Action("check", "lesson", ("ctrl+s",), footer=9, typing="ctrl+s"),
    Action("hint", "lesson", ("h", "f3"), footer=10, typing="f3"),
    Action("solution", "lesson", ("f4",), footer=11, typing="f4"),
    Action("own", "lesson", ("u",), footer=11),
    Action("external", "lesson", ("f2",), footer=15, typing="f2"),
    Action("start_over", "lesson", ("f5",), footer=16, typing="f5"),
    Action("read_stage", "lesson workbench", ("v",), footer=1),
    Action("home", "lesson workbench history", ("escape",), "esc", footer=14, typing="esc"),
    Action("pen", "canvas", ("space",), footer=-9),
    Action("move_pen", "canvas", (*ARROWS, *(f"shift+{arrow}" for arrow in ARROWS)), "↑↓←→", passes_key=True),
    Action("choose_class", "canvas", tuple("123456789"), "1–9", footer=-8, passes_key=True, click="1"),
    Action("erase", "canvas", ("x",), footer=-7),
    Action("grab", "canvas", ("g",), footer=-3),
    Action("undo_stroke", "canvas", ("u", "ctrl+z"), footer=-6),
    Action("clear_drawing", "canvas", ("c",), footer=-5),
    Action("brush", "canvas", ("minus", "plus", "equals_sign"), "− +", footer=-4, passes_key=True, click="plus"),
    Action("fit", "canvas", ("f",), footer=-3),
    Action("finish", "canvas", ("enter", "escape"), footer=-10, passes_key=True, click="enter"),
    Action("begin", "setup", ("ctrl+r",), footer=1, is_first=True, typing="ctrl+r"),
    Action("take_up", "setup", ("g",), footer=2),
    Action("agree", "sure", ("y",), footer=0),
    Action("close", "layer setup sure copied", ("escape", "q"), "esc", footer=1),
    Action("language", "app", ("l",), footer=20),
    Action("theme", "app", ("t",), footer=21),
    Action("palette", "app", ("slash", "ctrl+p"), "/", footer=22, typing="ctrl+p"),
    Action("glyphs", "app"),
    Action("motion", "app"),
    Action("repaint", "app", ("ctrl+l",), typing="ctrl+l"),
    Action("interrupt", "app", ("ctrl+c",), is_first=True, typing="ctrl+c"),
    Action("leave", "app", ("q", "ctrl+q"), typing="ctrl+q"),
    Action("help", "app", ("question_mark", "f1"), "?", footer=99, typing="f1"),
)
LAYERS = ("layer", "palette", "room", "setup", "sure", "copied")
"""Places that lie over another screen: of the actions of the app only these hold there."""
IN_LAYERS = ("theme", "language", "glyphs", "repaint", "interrupt", "leave")
BY_ID = {action.id: action for action in ACTIONS}


def bindings(place: str) -> list[BindingType]:
    """Return the key bindings of a place, for a BINDINGS class variable."""
    return [
        Binding(key, action.call(key), show=False, priority=action.is_first_in(place), system=True)
        for action in ACTIONS
        if action.is_of(place)
        for key in action.keys
    ]


def layer_bindings(place: str) -> list[BindingType]:
    """Return the key bindings of a modal screen: those of its place, and of the app's those that hold there.

    Textual takes the app's keys away from a modal screen.
    """
    own = {key for action in ACTIONS if action.is_of(place) for key in action.keys}
    return [
        *bindings(place),
        *(
            Binding(key, f"app.{action.call(key)}", show=False, priority=action.is_first, system=True)
            for action in ACTIONS
            if action.id in IN_LAYERS
            for key in action.keys
            if key not in own
        ),
    ]


def owner(action: Action, screen: "Screen[object]") -> DOMNode | None:
    """Return the node that carries out an action on `screen` right now, None where it cannot be done."""
    place = getattr(screen, "PLACE", "")
    focused = screen.focused
    inner = getattr(focused, "PLACE", "")
    if focused is not None and inner and action.is_of(inner):
        return focused if focused.check_action(action.id, ()) else None
    if inner and set(action.keys) & _keys(inner):
        return None
    node: DOMNode = screen if action.is_of(place) else screen.app
    if not (action.is_of(place) or action.place == "app") or not hasattr(node, f"action_{action.id}"):
        return None
    if action.place == "app" and place in LAYERS and action.id not in IN_LAYERS:
        return None
    if is_typing(screen) and not action.typing:
        return None
    return node if node.check_action(action.id, ()) else None


@lru_cache
def _keys(place: str) -> frozenset[str]:
    """Return the keys of a place."""
    return frozenset(key for action in ACTIONS if action.is_of(place) for key in action.keys)


def is_typing(screen: "Screen[object]") -> bool:
    """Whether what is typed on `screen` goes into a text now, so that printable keys are no keys."""
    return bool(getattr(screen, "is_typing", False))


def key_label(action: Action, screen: "Screen[object]") -> str:
    """Return how the key that works on `screen` now is written."""
    return action.typing if is_typing(screen) else action.key_label


def available(screen: "Screen[object]") -> list[Action]:
    """Return what can be done on `screen` now, in the registry's order."""
    return [action for action in ACTIONS if owner(action, screen) is not None]


def in_last_row(screen: "Screen[object]") -> list[Action]:
    """Return what can be done on `screen` now and has a place in the last row, what is worth the most first."""
    preferred: tuple[str, ...] = getattr(screen, "preferred", ())
    ranks = {name: place - len(preferred) for place, name in enumerate(preferred)}
    named = [action for action in available(screen) if action.footer is not None]
    return sorted(named, key=lambda action: ranks.get(action.id, action.footer or 0))


def verb_key(action: Action, screen: "Screen[object]") -> str:
    """Return the catalogue key of an action's verb on `screen` now."""
    wording = getattr(screen, "wording", None)
    return (wording(action.id) if wording else None) or f"action.{action.id}.verb"


async def perform(app: "App[object]", action: Action, screen: "Screen[object]", key: str = "") -> None:
    """Carry out an action as its key would, if it can be done now."""
    node = owner(action, screen)
    if node is not None:
        await app.run_action(action.call(key or action.click or action.key_label), default_namespace=node)
