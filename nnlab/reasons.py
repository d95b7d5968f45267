"""Reasons: why something that a user gave does not do, as a key and its values, so that every language can say it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

SENTENCES: Mapping[str, str] = {
    # A line of layers.
    "layer-empty": "there is no layer between two commas; take one comma away.",
    "layer-most": "there are {count} layers, {most} are the most.",
    "layer-comma": "{word!r} follows the activation {name}; put a comma between two layers.",
    "layer": "no layer {word!r}. There are: {known}.",
    "layer-near": "no layer {word!r}; did you mean {near!r}? There are: {known}.",
    "layer-word": "no word for {name} {word!r}. There are: {known}.",
    "layer-word-near": "no word for {name} {word!r}; did you mean {near!r}? There are: {known}.",
    "layer-takes-none": "{name} takes no {word!r}; write {example}.",
    "layer-next": "{word!r} cannot follow here; put a comma before the next layer.",
    "layer-number": "{name} needs a number behind it; write {example}.",
    "layer-whole": "{name} takes a whole number from {low} to {high}, not {word}.",
    "layer-share": "{name} takes a number from {low} to {high}, not {word}.",
    "layer-kernel": "{name} needs the size of its kernel; write {example}.",
    "layer-sides": "a kernel of {word} cannot be; its sides are from 1 to {most}.",
    "layer-option": "{name} needs a whole number from {least} to {most}; write {name} 2.",
    "layer-weights": "with {name} there are {count} weights, {most} are the most.",
    "layer-time": "{name} reads one step after another, but there is no text; leave it out, or learn from one.",
    "layer-batchnorm": "batchnorm would take the steps of a text for features; write layernorm.",
    "layer-flatten": "flatten needs maps, but a text has none; leave it out.",
    "layer-embed": "embed needs tokens of a text, but numbers come in; leave it out.",
    "layer-tokens": "{name} needs numbers, but a text comes as tokens; begin with {example}.",
    "layer-tokens-out": "the output layer needs numbers, but a text comes as tokens; begin with {example}.",
    "layer-maps": "{name} needs a row of numbers, but gets maps of {size}; put flatten or globalpool before it.",
    "layer-maps-out": "the output layer needs a row of numbers, but gets maps of {size}; put flatten or globalpool "
    "before it.",
    "layer-images": "{name} needs images, but gets {size} numbers; leave it out, or put it earlier.",
    "layer-same": "same needs an odd kernel and stride 1; write pad 1, or another kernel.",
    "layer-larger": "{name} is larger than its input of {size}; take a smaller one, or pool less before it.",
    # Features and formulas.
    "feature-empty": "there is no feature between two commas; take one comma away.",
    "feature-target": "features name {name!r}, which is the target; a network must not see what it shall tell.",
    "feature-infinite": "features: {name!r} has no finite value in some rows; write it otherwise.",
    "feature-none": "features {line!r} leave nothing to learn {target!r} from; name a column, or write all.",
    "column": "no column {word!r}. There are: {known}.",
    "column-near": "no column {word!r}; did you mean {near!r}? There are: {known}.",
    "formula-mark": "{word!r} means nothing here; use + - * / ^ < > ( ) and names.",
    "formula-follow": "{word!r} cannot follow here; put an operator in between, or end there.",
    "formula-deep": "this is nested more than {most} deep; use fewer brackets.",
    "formula-function": "no function {word!r}; there are: {known}. A column's name with marks in it goes between "
    "backticks.",
    "formula-due": "{word!r} stands where a number, a column or a function is due, such as x1^2 or sin(x1).",
    "formula-end": "the line ends where a number, a column or a function is due, such as x1^2 or sin(x1).",
    "formula-values": "{name} takes {wanted} values, {given} are given.",
    "formula-bracket": "the bracket of character {character} is not closed; add ')'.",
    "formula-true": "formula {line!r}: is true everywhere; two classes are needed.",
    "formula-false": "formula {line!r}: is false everywhere; two classes are needed.",
    "formula-infinite": "formula {line!r}: has no finite value at some points of [-1, 1] squared; write it otherwise.",
    # Files.
    "file-missing": "{file}: there is no such file; give the path of a file with data.",
    "file-unreadable": "{file}: cannot be read ({error}); check the path and its permissions.",
    "file-packing": "{file}: the gzip packing is damaged ({error}); fetch the file again.",
    "file-empty": "{file}: is empty; give a table, a text, an NPZ or an IDX file.",
    "file-kind": "{file}: is no text, and neither NPZ nor IDX; give a table (CSV, TSV), a text, an NPZ or an IDX file.",
    "file-encoding": "{file}: byte {byte} is not UTF-8; save the file as UTF-8.",
    "file-large": "{file}: has {size} bytes, but {most} are the most; give a part of it.",
    "file-large-unpacked": "{file}: unpacks to more than {most} characters; give a part of it.",
    # Tables.
    "table-csv": "{file}: {error}; save the table as plain CSV.",
    "table-empty": "{file}: holds no rows; give a table with a line for each sample.",
    "table-header": "{file}: has a header but no rows; give a table with a line for each sample.",
    "table-columns": "{file}: has {count} columns, but {most} are the most; give some of them.",
    "table-quote": "{file}: line {line} begins a quoted value that never ends; close its quote, or take it away.",
    "table-ragged": "{file}: line {line} has {count} values, but there are {wanted} columns ({first!r} to {last!r}); "
    "give every row as many.",
    "table-number": "{file}: line {line}, column {name!r} holds {word!r}, where numbers are due; give one, or nothing "
    "for a missing value.",
    "table-twice": "{file}: line 1 names two columns {name!r}; give each a name of its own.",
    "table-column": "{file}: no column {word!r}. There are: {known}.",
    "table-column-near": "{file}: no column {word!r}; did you mean {near!r}? There are: {known}.",
    "table-one-column": "{file}: has one column, {name!r}, so nothing to learn it from; add columns.",
    "table-gap": "{file}: line {line}, column {name!r}: the value is missing, as in {count} of {total} rows; set "
    "missing=drop to leave such rows out, or missing=mean to fill in the column's mean.",
    "table-gap-target": "{file}: line {line}, column {name!r}: the value is missing, as in {count} of {total} rows; "
    "set missing=drop to leave such rows out.",
    "table-infinite": "{file}: line {line}, column {name!r}: the value is infinite, as one is missing or infinite in "
    "{count} of {total} rows; set missing=drop to leave such rows out, or missing=mean to fill in the column's mean.",
    "table-infinite-target": "{file}: line {line}, column {name!r}: the value is infinite, as one is missing or "
    "infinite in {count} of {total} rows; set missing=drop to leave such rows out.",
    "table-few": "{file}: {count} of {total} rows are complete, two at least are needed; give more rows.",
    "table-few-dropped": "{file}: {count} of {total} rows are complete, two at least are needed; give more rows, or "
    "missing=mean to fill in means.",
    "table-no-mean": "{file}: column {name!r} has no value in any row that is learned from, so it has no mean; leave "
    "it out with features=all,-{name}.",
    "table-texts": "{file}: line {line}, column {name!r}: holds {word!r} and {count} other texts where numbers are "
    "due; leave the column out with features=all,-{name}.",
    "table-dates": "{file}: line {line}, column {name!r}: holds dates such as {word!r}, which are no numbers; leave "
    "the column out with features=all,-{name}, or write numbers in its place.",
    "table-regression": "{file}: line {line}, column {name!r}: holds {word!r}, but a regression needs numbers; set "
    "task=auto.",
    "table-one-class": "{file}: column {name!r} holds one class only, {word}; two at least are needed. Columns: "
    "{known}.",
    "table-classes": "{file}: column {name!r} holds {count} classes, {most} are the most; choose another target.",
    "table-constant": "{file}: column {name!r} is {value} in every row; there is nothing to learn.",
    # Arrays and images.
    "arrays-objects": "{file}: the array {name!r} holds Python objects, which only running code could read; save "
    "numbers or text.",
    "arrays-damaged": "{file}: is no NPZ file that can be read ({error}); save it again.",
    "arrays-none": "{file}: is a zip file without arrays; give an NPZ file with arrays x and y.",
    "arrays-most": "{file}: holds {count} numbers, but {most} are the most; give some of them.",
    "arrays-kind": "{file}: the array {name!r} is {shape} of {kind}, but numbers or text (n, ...) are due.",
    "arrays-column": "{file}: the array {name!r} is {shape}, but a column of this table is ({rows},); save x (n, d) "
    "and y (n,), or one array (n,) for each column.",
    "arrays-lack": "{file}: has no array {name!r}; save images x (n, h, w) and their classes y (n,).",
    "arrays-images": "{file}: x is {x} and y {y} of {kind}; save images x (n, h, w) or (n, channels, h, w) and whole "
    "numbers y (n,).",
    "images-one-class": "{file}: all {count} images are of one class; two at least are needed.",
    "images-classes": "{file}: classes go from {low} to {high}; number them from 0 to {last}.",
    "images-no-labels": "{file}: its labels are missing; put {wanted} beside it.",
    "images-names": "{file}: its labels are missing; name them NAME-images-idx3-ubyte, NAME-labels-idx1-ubyte.",
    "images-folder": "{file}: lacks {wanted}; put the four files there, packed (.gz) or not, or give a file.",
    "images-pair": "{file}: holds {count} images but {labels} {wanted} labels; give a pair of files.",
    "idx-images": "{file}: holds {shape} of {kind}, but images are (n, h, w) of uint8; give the image file.",
    "idx-labels": "{file}: holds {shape} of {kind}, but labels are (n,) of uint8; give the label file.",
    "idx-sizes": "{file}: train images are of {size} pixels, test images of {other}; give four files of one set.",
    "idx-nothing": "{file}: begins with nothing, but an IDX file with 00 00; give one.",
    "idx-begins": "{file}: begins with {bytes}, but an IDX file with 00 00; give one.",
    "idx-kind": "{file}: byte 2 is {code}, but a kind of number is one of {known}.",
    "idx-axes": "{file}: byte 3 is {count}, but 1 to {most} axes can be read here.",
    "idx-header": "{file}: ends at byte {end}, inside its header of {size} bytes.",
    "idx-claims": "{file}: the header at byte 4 says {shape}, so {wanted} bytes, but the file holds {size} bytes; "
    "fetch it again.",
    "idx-claims-most": "{file}: the header at byte 4 says {shape}, so {wanted} bytes, but the file holds {size} bytes "
    "at most; fetch it again.",
    "idx-ends": "{file}: ends at byte {end} of {wanted}; fetch it again.",
    "idx-goes-on": "{file}: goes on after byte {wanted}, where its header ends it; fetch it again.",
    # Texts.
    "text-empty": "{file}: holds no text; give a file with some.",
    "text-character": "{file}: the text repeats one character only; two at least are needed.",
    "text-word": "{file}: the text repeats one word only; two at least are needed.",
    "text-short": "windows of {length} tokens: the text has {count}; give at least {least} tokens on one axis, or a "
    "smaller length.",
    "text-held-back": "the part held back has {count} tokens, but windows are {length} long; give a smaller length, "
    "split=0, or a longer text.",
    # Data that are found by a name or a hash.
    "data-empty": "--data is empty; give a file, or the hash from a line that the lab copied.",
    "data-many": "--data {name} fits {count} kept data: {known}; give more digits.",
    "data-unkept": "data {name} is not kept here; give its file once with --data FILE, and the hash is known again.",
    "data-none": "--data {name} is neither a file nor the hash of data that was used here; give a file, or the hash "
    "from a line that the lab copied. {count} data are kept in {folder}.",
    "data-published": "{title} is not here; `nnlab data {name}` downloads it ({size} MB), or give a folder with its "
    "four files.",
    "data-large": "{file}: has {size} bytes, but {most} are the most that fit in memory; give a part.",
    "data-damaged": "{file} cannot be read; give the file itself with --data once more.",
    "data-changed": "{file} has changed since the run with data {name}; bring it back, or give --data the file to "
    "learn from now.",
    "data-gone": "{file} is gone; it was there at the run with data {name}; bring it back, or give --data the file to "
    "learn from now.",
    "data-no-sample": "the training set is empty; take more samples, or hold back a smaller share of them.",
    "data-infinite": "{name} holds {value} in row {row} (index {index}), but values must be finite; mend or leave out "
    "that row.",
    "data-huge": "{name} holds {value} in row {row} (index {index}), but networks count in 32 bits, up to {most}; "
    "scale the values, or leave out that row.",
    "data-classes": "{name} holds classes from {low} to {high}, but {count} classes are numbered 0 to {last}; number "
    "them from 0.",
    # The training.
    "batch": "batch is {batch}, which leaves 1 of {size} samples to a step, but batchnorm needs two at least; set "
    "another batch, such as 0 for all.",
    "loss-classes": "loss is {name}, but the target has {count} classes; choose auto, cross_entropy or mse, or set "
    "task.",
    "loss-numbers": "loss is {name}, but the target has numbers; choose auto, mse, mae or huber, or set task.",
}
"""What each reason says in English, for shell and screen; the catalogues of other languages have the same keys."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something does not do; as a text it is the English sentence."""

    key: str
    """One of SENTENCES."""
    values: Mapping[str, str]
    """What is filled into the sentence."""
    what: str = ""
    """The typed line that it is about, such as "layers"; empty where no character of one is to blame."""
    character: int = 0
    """Which one of that line, from 1."""
    shown: str = ""
    """The line around that character."""

    def __str__(self) -> str:
        sentence = SENTENCES[self.key].format_map(self.values)
        if not self.what:
            return sentence
        return f"{self.what}, character {self.character} (at {self.shown!r}): {sentence}"

    def at(self, what: str, line: str, place: int) -> "Reason":
        """Return the same reason for a place (from 0) in a typed line."""
        shown = line[max(0, place - 20) : place + 20].strip()
        return replace(self, what=what, character=place + 1, shown=shown)


def because(key: str, /, **values: object) -> Reason:
    """Return the reason of a key; numbers that are to look otherwise than by str() come as texts."""
    return Reason(key, {name: str(value) for name, value in values.items()})


def listed(names: Sequence[str], most: int = 12) -> str:
    """Return names as a list, cut where there are very many."""
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def unknown_word(
    key: str, word: str, known: Iterable[str], *, like: str = "", most: int = 32, **values: object
) -> Reason:
    """Say that `word` is none of `known`, and by the key's sentence -near which one is like it.

    like: how the word is compared, where not as it was typed. most: how many of them are listed.
    """
    names = list(known)
    near = get_close_matches(like or word, names, n=1, cutoff=0.5)
    found = because(key, word=word, known=listed(names, most), **values)
    return replace(found, key=f"{key}-near", values={**found.values, "near": near[0]}) if near else found
