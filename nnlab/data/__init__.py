from nnlab.data.clouds import circles, gaussians, moons, planes, spirals
from nnlab.data.dataset import Dataset, Samples, split
from nnlab.data.errors import DataError
from nnlab.data.gates import CORNERS, TRUTH, truth_table, xor
from nnlab.data.registry import DATASETS, dataset

__all__ = [
    "CORNERS",
    "DATASETS",
    "TRUTH",
    "DataError",
    "Dataset",
    "Samples",
    "circles",
    "dataset",
    "gaussians",
    "moons",
    "planes",
    "spirals",
    "split",
    "truth_table",
    "xor",
]
