"""Which views stand on the workbench's stage: two panes beside each other, the curves and the table; or tabs of all."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from nnlab.lab.run import Run
from nnlab.lab.views import View
from nnlab.tui import arrangement
from nnlab.tui.screens.bench_actions import OVERLAY, RESULTS
from nnlab.tui.screens.point_actions import PointActions
from nnlab.tui.screens.sweep_actions import SWEEP
from nnlab.tui.widgets.plot_pane import PlotPane
from nnlab.tui.widgets.stage_view import StageView, Tabs

TABLE = View(RESULTS, "table")
CURVES = View(OVERLAY, "curve")


class BenchStage(PointActions):
    """The part of the workbench that chooses what is shown."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._slots: list[str] = []
        """Ids of the views in the two panes."""
        self._shown_views: list[View] = []
        self._had_something: list[str] = []
        """Ids of the views that were not empty when a run was observed last."""

    async def _show_views(self) -> None:
        pool = self._pool()
        kind = arrangement.width_class(self.app.size.width, self.app.size.height)
        if kind in ("narrow", "single"):
            pool = self._with_something(pool)
            rest = sorted(pool[1:], key=lambda view: view.id != SWEEP.id)
            views = [*pool[:1], CURVES, TABLE, *rest]
        else:
            views = [*self._placed(pool), CURVES, TABLE]
        if views != self._shown_views:
            titles = {view.id: self.lesson.view_title(view.id, self.speech.language) for view in views}
            titles |= {OVERLAY: self.say("bench.overlay"), RESULTS: self.say("bench.results")}
            titles |= {SWEEP.id: self.say("bench.sweep")}
            await self.query_one(StageView).show(views, titles)
            self._shown_views = views
        self.place_stage()

    def _with_something(self, pool: list[View]) -> list[View]:
        """Return the views that have something to show; until a run is observed, those that had before."""
        run = self.session.run
        if run is not None and run.probes:
            self._had_something = self._full(run)
        known = [view for view in pool if view.id in self._had_something or view.id == SWEEP.id]
        return known if any(view.id in self._had_something for view in known) else pool

    def _placed(self, pool: Sequence[View]) -> list[View]:
        """Return the views of the two panes; those that the experiment lacks give way to the first of the pool."""
        ids = [view.id for view in pool]
        kept = [one for one in self._slots if one in ids]
        self._slots = [*kept, *[one for one in ids if one not in kept]][:2]
        return [pool[ids.index(one)] for one in self._slots]

    def _full(self, run: Run) -> list[str]:
        """Return the ids of the views that have something to show for a run."""
        return [view.id for view in self._pool() if run.probes.get(view.probe) or view.id == SWEEP.id]

    def _replace_empty(self, run: Run) -> None:
        """Let views that have nothing to show for this run give way to others."""
        full = self._full(run)
        kept = [one for one in self._slots if one in full]
        strip = next((view.id for view in self._pool() if view.kind == "strip"), "")
        if strip in full and strip not in kept:
            kept = [*kept[:1], strip]  # several seeds are what one wants to see side by side
        wanted = [*kept, *[one for one in full if one not in kept]][:2]
        if len(wanted) == 2 and wanted != self._slots:
            self._slots = wanted
            self.begin(self._show_views)

    def _pool(self) -> list[View]:
        """Return the experiment's views that are drawn as they are; curves of metrics lie in the overlay."""
        card = self.card
        views = [view for view in card.views if not (view.kind == "curve" and not view.probe)] if card else []
        settings = self.session.settings
        if settings is not None and settings.seeds == 1:
            views = [view for view in views if view.kind != "strip"]
        first = next((view for view in views if view.kind == "field"), None)
        views.sort(key=lambda view: (view is not first, view.kind != "graph", view.kind == "strip"))
        return views + [SWEEP] * (self.sweep is not None)

    def show_sweep(self) -> None:
        """Give the sweep the right one of the two panes, and on a narrow stage the tab."""
        self._slots = [*[slot for slot in self._slots if slot != SWEEP.id][:1], SWEEP.id]
        self.remove_class("reading")
        self.add_class("watching")
        self.begin(partial(self._turn, SWEEP.id))

    def turn_slot(self, view_id: str, by: int) -> None:
        """Let a pane show the next of the views that stand nowhere."""
        run = self.session.run
        if view_id not in self._slots or run is None:
            return
        free = [one for one in self._full(run) if one == view_id or one not in self._slots]
        free = free if view_id in free else [view_id, *free]
        chosen = free[(free.index(view_id) + by) % len(free)]
        self._slots[self._slots.index(view_id)] = chosen
        self.begin(partial(self._turn, chosen))

    async def _turn(self, view_id: str) -> None:
        await self._show_views()
        ids = [view.id for view in self._shown_views]
        if view_id in ids and self.query_one(Tabs).display:
            self.query_one(StageView).show_tab(ids.index(view_id))
        for pane in self.query(PlotPane):
            if pane.id == f"view-{view_id}":
                self.set_focus(pane)

    def place_stage(self) -> None:
        """Arrange the stage for the room that it has."""
        size = self.app.size
        stage = self.query_one(StageView)
        stage.place_views(arrangement.width_class(size.width, size.height))
        self.set_class(stage.zoomed is not None, "zoomed")
        self._is_dirty = True
