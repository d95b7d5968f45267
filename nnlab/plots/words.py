"""Words: what a plot writes is looked up in the option `words`, so that it can be said in the reader's language.

words: table of what a name, header, row, note or unit is called; a kind's own words ("mean", "no steps yet") stand in
it as "plot.mean". What is not in the table is written as it came.
"""

import numpy as np
from numpy.typing import NDArray

from nnlab.plots.options import Arrays, Options, mapping_option, text_option

OWN = "plot."
NAMING = ("names", "rows", "x_name", "time", "source", "empty", "classes", "ends")
"""Options that every kind only writes."""
NAMING_ARRAYS = ("names", "heads", "units")
"""Arrays of texts, or the last part of their names, that a kind only writes; a text to be read is none of them."""


def own_word(options: Options, word: str) -> str:
    """Return a kind's own word, as it is to be written."""
    return str(mapping_option(options, "words").get(OWN + word, word))


def empty_text(options: Options, otherwise: str) -> str:
    """Return what to write where there is nothing to draw: the option empty, else the kind's own words."""
    return text_option(options, "empty") or own_word(options, otherwise)


def worded(kind: str, arrays: Arrays, options: Options) -> tuple[Arrays, Options]:
    """Return the arrays and options of a kind with the words that they only write put in.

    Names that curves, parts and columns are known by in other options stay; their kinds look up what to write for them.
    """
    words = {name: str(word) for name, word in mapping_option(options, "words").items()}
    if not words:
        return arrays, options
    naming = (*NAMING, "columns") if kind == "matrix" else NAMING
    said = {name: _worded(value, words) if name in naming else value for name, value in options.items()}
    references = mapping_option(options, "references").items()
    said["references"] = {words.get(name, name): value for name, value in references}
    roles = mapping_option(options, "colours")
    said["colours"] = {**{words.get(name, name): role for name, role in roles.items()}, **roles}
    return {name: _texts(array, words) if _is_naming(kind, name) else array for name, array in arrays.items()}, said


def _worded(value: object, words: dict[str, str]) -> object:
    if isinstance(value, str):
        return words.get(value, value)
    return type(value)(_worded(part, words) for part in value) if isinstance(value, tuple | list) else value


def _is_naming(kind: str, name: str) -> bool:
    """Whether an array's texts are only written: the cells of a table are, but for a text that is read."""
    return kind == "table" or name.split("/")[-1].rstrip("0123456789") in NAMING_ARRAYS


def _texts(array: NDArray[np.generic], words: dict[str, str]) -> NDArray[np.generic]:
    if array.dtype.kind != "U":
        return array
    said = [words.get(text, text) for text in array.reshape(-1).tolist()]
    return np.array(said, dtype=np.str_).reshape(array.shape)
