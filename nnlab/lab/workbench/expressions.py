"""Expressions typed as text: input features (`x1, x2, x1^2, sin(x1)`) and formulas (`y = x1 * x2 > 0`).

Our own small grammar, so that a typed line can do arithmetic on columns and nothing else:

    either   = both {"or" both}            both = relation {"and" relation}
    relation = sum [("<" | ">" | "<=" | ">=") sum]
    sum      = product {("+" | "-") product}        product = signed {("*" | "/") signed}
    signed   = ["-"] power                          power = atom ["^" signed]
    atom     = number | pi | e | column | `any column` | function "(" either {"," either} ")" | "(" either ")"
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.lab.workbench.line_error import LineError
from nnlab.reasons import Reason, because, unknown_word

FUNCTIONS: Mapping[str, tuple[int, Callable[..., Any]]] = {
    "abs": (1, np.abs),
    "sign": (1, np.sign),
    "sqrt": (1, np.sqrt),
    "exp": (1, np.exp),
    "log": (1, np.log),
    "sin": (1, np.sin),
    "cos": (1, np.cos),
    "tan": (1, np.tan),
    "tanh": (1, np.tanh),
    "min": (2, np.minimum),
    "max": (2, np.maximum),
}
"""Name -> (how many arguments, what it computes), in order of growing complexity."""
CONSTANTS = {"pi": np.pi, "e": np.e}
OPERATORS: Mapping[str, Callable[..., Any]] = {
    "or": np.logical_or,
    "and": np.logical_and,
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.float_power,
}
_LEVELS = (("or",), ("and",), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/"))
_TOKEN = re.compile(
    r"\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)|`([^`]+)`|([^\W\d]\w*)|(<=|>=|[-+*/^<>(),=]))", re.IGNORECASE
)
MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Expression:
    """A part of an expression: an operator or function with its parts, a column, or a number."""

    kind: str
    """operator, function, column or number."""
    name: str
    place: int
    """Its first character in the line."""
    parts: tuple["Expression", ...] = ()
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Feature:
    """One input feature that was asked for."""

    text: str
    place: int
    expression: Expression | None
    """None: all columns ("all"), or leave out what `text` names."""
    is_left_out: bool = False


def read_formula(line: str) -> Expression:
    """Return what a formula computes; `y =` in front may be left out. Raises LineError."""
    parser = _Parser("formula", line)
    if [token.text for token in parser.tokens[:2]] == ["y", "="]:
        parser.at = 2
    expression = parser.either(0)
    parser.finish()
    return expression


def read_features(line: str) -> tuple[Feature, ...]:
    """Return the features of a line: `all`, columns, expressions, and `-name` for a column to leave out."""
    features = []
    for text, place in _items(line):
        if not text:
            raise LineError("features", line, place, because("feature-empty"))
        if text == "all":
            features.append(Feature(text, place, None))
        elif text.startswith("-"):
            features.append(Feature(text[1:].strip().strip("`"), place, None, is_left_out=True))
        else:
            features.append(Feature(text, place, _feature(line, text, place)))
    return tuple(features)


def columns_of(expression: Expression) -> list[Expression]:
    """Return the columns that an expression names."""
    if expression.kind == "column":
        return [expression]
    return [column for part in expression.parts for column in columns_of(part)]


def evaluate(expression: Expression, columns: Mapping[str, Any]) -> Any:
    """Return the value (n,) of an expression; columns: name -> (n,). Raises KeyError for a column that is missing."""
    if expression.kind == "number":
        return expression.value
    if expression.kind == "column":
        return columns[expression.name]
    parts = [evaluate(part, columns) for part in expression.parts]
    with np.errstate(all="ignore"):
        return (OPERATORS[expression.name] if expression.kind == "operator" else FUNCTIONS[expression.name][1])(*parts)


def check_columns(expression: Expression, what: str, line: str, known: Mapping[str, Any]) -> None:
    """Raise LineError for a column that is not known, with the nearest name."""
    for column in columns_of(expression):
        if column.name not in known:
            raise LineError(what, line, column.place, unknown_word("column", column.name, known, most=12))


def _feature(line: str, text: str, place: int) -> Expression:
    """Return a feature's expression; a name with blanks or marks in it is one column, and x1x2 a product."""
    product = re.fullmatch(r"(x\d+)(x\d+)", text)
    if product:
        parts = tuple(Expression("column", name, place) for name in product.groups())
        return Expression("operator", "*", place, parts)
    try:
        parser = _Parser("features", line, place, place + len(text))
        expression = parser.either(0)
        parser.finish()
    except LineError:
        if re.search(r"[-+*/^<>()]", text):
            raise
        return Expression("column", text, place)
    return expression


def _items(line: str) -> list[tuple[str, int]]:
    """Cut a line at commas outside parentheses and backticks; return (text, its place) of each part."""
    items, start, depth, is_quoted = [], 0, 0, False
    for place, mark in enumerate(line + ","):
        is_quoted ^= mark == "`"
        depth += (mark == "(") - (mark == ")")
        if mark == "," and depth <= 0 and not is_quoted:
            text = line[start:place]
            items.append((text.strip(), start + len(text) - len(text.lstrip())))
            start = place + 1
    return items if line.strip() else []


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: int


class _Parser:
    """Recursive descent over the tokens of a part of a line."""

    def __init__(self, what: str, line: str, start: int = 0, end: int | None = None) -> None:
        self.what, self.line = what, line
        self.at = self.depth = 0
        self.tokens: list[_Token] = []
        place, end = start, len(line) if end is None else end
        while line[place:end].strip():
            match = _TOKEN.match(line, place, end)
            if match is None or match.lastindex is None:
                wrong = place + len(line[place:end]) - len(line[place:end].lstrip())
                raise self.error(wrong, because("formula-mark", word=line[wrong]))
            kind = ("number", "quoted", "word", "mark")[match.lastindex - 1]
            self.tokens.append(_Token(kind, match[match.lastindex], match.start(match.lastindex)))
            place = match.end()
        self.end = end

    def error(self, place: int, reason: Reason) -> LineError:
        """Return the error of this line."""
        return LineError(self.what, self.line, place, reason)

    def peek(self) -> _Token:
        """Return the next token, an empty one at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else _Token("end", "", self.end)

    def finish(self) -> None:
        """Raise LineError unless all is read."""
        token = self.peek()
        if token.kind != "end":
            raise self.error(token.place, because("formula-follow", word=token.text))

    def either(self, level: int) -> Expression:
        """Read operators of a level of _LEVELS and of all that bind more strongly."""
        if level == len(_LEVELS):
            return self._signed()
        left = self.either(level + 1)
        while self.peek().text in _LEVELS[level] and self.peek().kind in ("mark", "word"):
            token = self.tokens[self.at]
            self.at += 1
            left = Expression("operator", token.text, token.place, (left, self.either(level + 1)))
        return left

    def _signed(self) -> Expression:
        token = self.peek()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(token.place, because("formula-deep", most=MAX_DEPTH))
        if token.text == "-" and token.kind == "mark":
            self.at += 1
            zero = Expression("number", "0", token.place)
            found = Expression("operator", "-", token.place, (zero, self._signed()))
        else:
            found = self._atom()
            if self.peek().text == "^":
                place = self.peek().place
                self.at += 1
                found = Expression("operator", "^", place, (found, self._signed()))
        self.depth -= 1
        return found

    def _atom(self) -> Expression:
        token = self.peek()
        self.at += 1
        if token.kind == "number":
            return Expression("number", token.text, token.place, value=float(token.text))
        if token.kind == "quoted":
            return Expression("column", token.text, token.place)
        if token.kind == "word" and token.text not in ("or", "and"):
            if token.text in FUNCTIONS and self.peek().text == "(":
                return self._call(token)
            if token.text in CONSTANTS:
                return Expression("number", token.text, token.place, value=CONSTANTS[token.text])
            if self.peek().text == "(":
                known = ", ".join(FUNCTIONS)
                raise self.error(token.place, because("formula-function", word=token.text, known=known))
            return Expression("column", token.text, token.place)
        if token.text == "(" and token.kind == "mark":
            inner = self.either(0)
            self._close(token)
            return inner
        due = because("formula-due", word=token.text) if token.text else because("formula-end")
        raise self.error(token.place, due)

    def _call(self, token: _Token) -> Expression:
        opening = self.peek()
        self.at += 1
        parts = [self.either(0)]
        while self.peek().text == ",":
            self.at += 1
            parts.append(self.either(0))
        self._close(opening)
        wanted = FUNCTIONS[token.text][0]
        if len(parts) != wanted:
            wrong = because("formula-values", name=token.text, wanted=wanted, given=len(parts))
            raise self.error(token.place, wrong)
        return Expression("function", token.text, token.place, tuple(parts))

    def _close(self, opening: _Token) -> None:
        if self.peek().text != ")":
            raise self.error(self.peek().place, because("formula-bracket", character=opening.place + 1))
        self.at += 1
