from nnlab.data.clouds import circles, gaussians, moons, planes, spirals
from nnlab.data.dataset import Dataset, Samples, split
from nnlab.data.digits import digit_images, digits
from nnlab.data.errors import DataError, DataFileError, DownloadError
from nnlab.data.gates import CORNERS, TRUTH, truth_table, xor
from nnlab.data.glyphs import glyphs, worked_eight
from nnlab.data.idx import read_idx, read_idx_folder, read_idx_samples, write_idx
from nnlab.data.images import pad, shift, shift_randomly
from nnlab.data.published import PUBLISHED, Publication, RemoteFile
from nnlab.data.registry import DATASETS, dataset

__all__ = [
    "CORNERS",
    "DATASETS",
    "PUBLISHED",
    "TRUTH",
    "DataError",
    "DataFileError",
    "Dataset",
    "DownloadError",
    "Publication",
    "RemoteFile",
    "Samples",
    "circles",
    "dataset",
    "digit_images",
    "digits",
    "gaussians",
    "glyphs",
    "moons",
    "pad",
    "planes",
    "read_idx",
    "read_idx_folder",
    "read_idx_samples",
    "shift",
    "shift_randomly",
    "spirals",
    "split",
    "truth_table",
    "worked_eight",
    "write_idx",
    "xor",
]
