"""What views, knobs and goals say: nothing English in Chinese, nothing unreadable where only ASCII can be shown."""

import re
from functools import lru_cache

import pytest

from nnlab.lab import prose
from nnlab.lab.course import WORKBENCH, find_course
from nnlab.lab.headless import execute
from nnlab.lab.knobs import resolve
from nnlab.lab.lesson import load
from nnlab.lab.settings import Settings
from nnlab.plots.palette import Palette
from nnlab.stage import draw_view
from nnlab.tui.catalogue import spell_ascii
from nnlab.tui.form_advice import metric_name
from nnlab.tui.lesson_desk import LessonDesk
from nnlab.tui.speech import Speech
from nnlab.tui.value_words import value_words

COURSE = find_course()
SLUGS = (*COURSE.slugs, WORKBENCH)
SPEECH = Speech("zh")
WORD = re.compile(r"[A-Za-z]{3,}")
KEPT = {
    # Functions, optimizers, losses, networks and people, as Chinese textbooks write them.
    "adagrad", "adam", "adamw", "beale", "bce", "cnn", "elu", "gelu", "gru", "huber", "leaky", "lecun", "logit",
    "logits", "lstm", "mae", "mlp", "mse", "nesterov", "relu", "rmsprop", "rnn", "rosenbrock", "sgd", "sigmoid",
    "silu", "softmax", "softplus", "step", "tanh", "wasserstein", "xavier", "and", "nand", "xor", "max", "log", "exp",
    "float",
    # Letters and words that a network is given to read; layers as they are typed on the workbench.
    "hello", "hellohello", "mammal", "conv", "dense", "embed", "flatten", "maxpool",
}  # fmt: skip
READ = {("rnn", "text"), ("lstm", "copying"), ("lstm", "stories"), (WORKBENCH, "text")}
"""Experiments whose views show text that a network reads or writes."""


def english(text):
    return {word for word in WORD.findall(text) if word.lower() not in KEPT}


@lru_cache
def loaded(slug):
    return load(COURSE.lesson(slug))


@lru_cache
def ran(slug, name):
    experiment = loaded(slug).experiment(name)
    probes = tuple({view.probe for view in experiment.views if view.probe})
    settings = Settings(
        lesson=slug, experiment=name, knobs=resolve(experiment.knobs, {}), steps=min(2, experiment.steps)
    )
    return execute(experiment, settings, probes=probes)


@pytest.mark.parametrize(("slug", "name"), [(slug, name) for slug in SLUGS for name in COURSE.lesson(slug).experiments])
def test_views_and_knobs_are_named_in_chinese(slug, name):
    lesson, experiment = COURSE.lesson(slug), loaded(slug).experiment(name)
    run, words = ran(slug, name).run, {**lesson.words("zh"), **SPEECH.plot_words()}
    found = {}
    for view in experiment.views if (slug, name) not in READ else ():
        for size in ((100, 34), (40, 17)):
            grid = draw_view(view, run, title="", size=size, palette=Palette(depth="mono"), words=words)
            found[view.id, size] = english("\n".join(grid.lines()))
    found |= {metric: english(metric_name(SPEECH, metric, lesson)) for metric in run.metrics}
    found |= {view.id: english(lesson.view_title(view.id, "zh")) for view in experiment.views}
    said = value_words(lesson, SPEECH)
    for knob in experiment.knobs:
        shown = [lesson.knob_label(knob.name, "zh"), *(said(knob.name, choice) for choice in knob.choices)]
        found[knob.name] = english(" ".join(shown))
    assert {place: words for place, words in found.items() if words} == {}


@pytest.mark.parametrize(("slug", "name"), [(slug, name) for slug in SLUGS for name in COURSE.lesson(slug).experiments])
def test_every_symbol_of_a_view_has_an_ascii_spelling(slug, name):
    lesson, palette = COURSE.lesson(slug), Palette(depth="mono", glyphs="ascii")
    for view in loaded(slug).experiment(name).views if (slug, name) not in READ else ():
        title = lesson.view_title(view.id, "en")
        grid = draw_view(view, ran(slug, name).run, title=title, size=(100, 34), palette=palette)
        assert "?" not in "\n".join(grid.lines()), view.id


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_every_symbol_of_an_english_page_has_an_ascii_spelling(slug):
    folder = COURSE.lesson(slug).folder
    symbols = set((folder / "en.md").read_text(encoding="utf-8"))
    assert [symbol for symbol in symbols - {"?"} if "?" in spell_ascii(symbol)] == []


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_goals_ask_and_answer_in_chinese(slug):
    lesson = COURSE.lesson(slug)
    for goal, function in loaded(slug).goals.items():
        for name in lesson.experiments:
            try:
                checks = function(ran(slug, name))
            except KeyError:
                continue
            said = " ".join(lesson.line(f"{check.text} {check.measured}", "zh") for check in checks)
            assert english(said) == set(), goal


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_chinese_prose_calls_a_choice_what_the_knob_bar_calls_it(slug):
    lesson = COURSE.lesson(slug)
    said = value_words(lesson, SPEECH)
    for page in prose.read_pages(lesson, "zh").values():
        for tries in page.find(prose.Try):
            for item in tries.items:
                for knob, value in item.set.items():
                    if isinstance(value, str) and said(knob, value) != value:
                        assert not re.search(rf"\b{value}\b", item.text), (page.id, item.text)


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_quoted_claims_are_quoted_in_chinese(slug):
    lesson = COURSE.lesson(slug)
    desk = LessonDesk(COURSE, lesson, "zh")
    assert {claim: english(desk.number(None, "claim", claim)) for claim in lesson.claims} == {
        claim: set() for claim in lesson.claims
    }


def test_a_claim_that_measured_several_things_lists_them_as_the_language_does():
    lesson = COURSE.lesson("optimizers")
    said = {language: LessonDesk(COURSE, lesson, language).number for language in ("en", "zh")}
    assert said["zh"](None, "claim", "descent-steps") == "69、691、6,908"
    assert said["en"](None, "claim", "descent-steps") == "69, 691, 6,908"
    assert "," not in said["zh"](None, "claim", "winners-differ")
