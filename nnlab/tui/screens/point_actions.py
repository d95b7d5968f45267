"""Points drawn on the workbench: kept as data of the user's own, set in the form, and learned from."""

from collections.abc import Sequence
from functools import partial

from nnlab.lab.data_files import UserData
from nnlab.lab.views import View
from nnlab.tui.screens.data_actions import DataActions
from nnlab.tui.screens.drawing_actions import DrawingActions


class PointActions(DrawingActions, DataActions):
    """The part of the workbench that one draws on."""

    def drawable_views(self) -> Sequence[View]:
        """All views of the experiment, on the stage or not: what is drawn is the data of the whole of it."""
        return () if self.session.card is None or self.is_typing else self.session.card.views

    @property
    def data_name(self) -> str:
        """What the form says, whether it runs yet or not."""
        return str(self.bench.form.values.get("file", ""))

    def learn_drawn(self, data: UserData) -> None:
        """Set the points as the form's file, and run."""
        self.bench.select("file")
        self.bench.form.set("file", data.hash)
        self.bench.show()
        self.begin(partial(self.open_file, data.hash, is_paused=False), "file")
