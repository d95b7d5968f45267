"""Every reason has a sentence, which gets the values that it needs and which something says."""

import ast
import string
from pathlib import Path

import nnlab
from nnlab.reasons import SENTENCES

MAKERS: dict[str, set[str]] = {"because": set(), "unknown_word": {"word", "known"}}
"""Name of a function that makes a reason -> the values that it fills in itself."""
OPTIONS = {"because": set(), "unknown_word": {"like", "most"}}
"""And its arguments that are no values."""


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def reasons_of(source: str):
    """Yield (key, names of its values) of each reason that a module makes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS and node.args:
            given = {keyword.arg for keyword in node.keywords} - OPTIONS[node.func.id]
            keys = [part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
            for key in set(keys) & set(SENTENCES) or {ast.unparse(node)}:
                yield key, given | MAKERS[node.func.id], node.func.id == "unknown_word"


def made() -> list[tuple[str, set[str], bool]]:
    modules = sorted(Path(nnlab.__file__).parent.rglob("*.py"))
    return [one for path in modules if path.name != "reasons.py" for one in reasons_of(path.read_text("utf-8"))]


def test_every_reason_that_is_made_has_a_sentence_and_gives_its_values():
    wrong = [
        (key, values)
        for key, values, has_near in made()
        if fields(SENTENCES.get(key, "{no sentence}")) != values
        or (has_near and fields(SENTENCES.get(f"{key}-near", "{no sentence}")) != values | {"near"})
    ]
    assert wrong == []


def test_no_sentence_is_left_that_nothing_says():
    said = {name for key, _, has_near in made() for name in ((key, f"{key}-near") if has_near else (key,))}
    assert set(SENTENCES) - said == set()
