"""What the screen's request for a run comes to: the experiment, its settings, and what is observed."""

from dataclasses import dataclass, replace

from nnlab.lab import data_files, devices, wire
from nnlab.lab.errors import DeviceMissingError, unknown
from nnlab.lab.experiment import Experiment
from nnlab.lab.headless import make_settings
from nnlab.lab.lesson import LoadedLesson
from nnlab.lab.settings import Settings


@dataclass(frozen=True, slots=True)
class RequestedRun:
    """A run that can be made."""

    experiment: Experiment
    settings: Settings
    probes: tuple[str, ...]
    notice: str
    """A sentence for the user when the device is not the one that was asked for; empty else."""


def requested_run(start: wire.Start, loaded: LoadedLesson, *, blas_threads: int) -> RequestedRun:
    """Check a request against its lesson. Raises NnlabError where something does not fit."""
    device, notice = _device_or_cpu(start.device)
    experiment, settings = make_settings(
        loaded,
        start.experiment,
        start.knobs,
        seed=start.seed,
        seeds=start.seeds,
        steps=start.steps,
        device=device,
        until_goal=start.until_goal,
        code=start.code,
        data=data_files.find(start.data) if start.data else None,
    )
    viewed = dict.fromkeys(view.probe for view in experiment.views if view.probe)
    probes = tuple(viewed) if start.probes is None else start.probes
    check_probes(experiment, probes)
    return RequestedRun(experiment, replace(settings, changes=start.changes, blas_threads=blas_threads), probes, notice)


def check_probes(experiment: Experiment, names: tuple[str, ...]) -> None:
    """Raise UsageError for a name that is no probe of the experiment."""
    for name in names:
        if name not in experiment.probes:
            raise unknown("probe", name, experiment.probes)


def _device_or_cpu(asked: str) -> tuple[str, str]:
    """Return the device to use, and a sentence for the user when it is not the one that was asked for."""
    try:
        return devices.resolve(asked), ""
    except DeviceMissingError as error:
        return "cpu", f"{error} The run goes on with the CPU."
