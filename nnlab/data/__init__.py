from nnlab.data.clouds import circles, gaussians, moons, planes, spirals
from nnlab.data.dataset import Dataset, Samples, split
from nnlab.data.digits import digit_images, digits
from nnlab.data.drawing import as_image, counted, fitted, inked, read_digit, write_digit
from nnlab.data.errors import DataError, DataFileError, DownloadError
from nnlab.data.gates import CORNERS, TRUTH, truth_table, xor
from nnlab.data.glyphs import glyphs, worked_eight
from nnlab.data.idx import read_idx, read_idx_folder, read_idx_samples, write_idx
from nnlab.data.image_sets import read_images
from nnlab.data.images import pad, shift, shift_randomly
from nnlab.data.mixtures import MIXTURES, Coverage, Mixture, coverage, grid, line, pair, ring, spiral
from nnlab.data.published import PUBLISHED, Publication, RemoteFile
from nnlab.data.registry import DATASETS, dataset
from nnlab.data.sequences import ADDING_BASELINE, adding_problem, copy_baseline, copy_task, forecast, sine, windows
from nnlab.data.table import Table
from nnlab.data.table_file import read_table_file
from nnlab.data.text import (
    UNKNOWN,
    Vocabulary,
    all_token_windows,
    corpus,
    join_words,
    next_token_windows,
    one_hot,
    read_text,
    words,
)

__all__ = [
    "ADDING_BASELINE",
    "CORNERS",
    "DATASETS",
    "MIXTURES",
    "PUBLISHED",
    "TRUTH",
    "UNKNOWN",
    "Coverage",
    "DataError",
    "DataFileError",
    "Dataset",
    "DownloadError",
    "Mixture",
    "Publication",
    "RemoteFile",
    "Samples",
    "Table",
    "Vocabulary",
    "adding_problem",
    "all_token_windows",
    "as_image",
    "circles",
    "copy_baseline",
    "copy_task",
    "corpus",
    "counted",
    "coverage",
    "dataset",
    "digit_images",
    "digits",
    "fitted",
    "forecast",
    "gaussians",
    "glyphs",
    "grid",
    "inked",
    "join_words",
    "line",
    "moons",
    "next_token_windows",
    "one_hot",
    "pad",
    "pair",
    "planes",
    "read_digit",
    "read_idx",
    "read_idx_folder",
    "read_idx_samples",
    "read_images",
    "read_table_file",
    "read_text",
    "ring",
    "shift",
    "shift_randomly",
    "sine",
    "spiral",
    "spirals",
    "split",
    "truth_table",
    "windows",
    "words",
    "worked_eight",
    "write_digit",
    "write_idx",
    "xor",
]
