"""What is said of a value that a knob does not take: in English as the shell says it, in Chinese without English."""

import re

import pytest

from nnlab.data.delimited import read_delimited
from nnlab.lab.data_files import data_errors, find
from nnlab.lab.errors import UsageError
from nnlab.lab.knobs import Knob, KnobValueError
from nnlab.tui.refusals import refusal, told
from nnlab.tui.speech import Speech

KNOBS = [
    (Knob("width", 8, low=1, high=64), "0"),
    (Knob("rate", 0.1, above=0.0), "0"),
    (Knob("rate", 0.1, above=0.0, high=1.0), "2"),
    (Knob("noise", 0.1, low=0.0), "-1"),
    (Knob("goal", 0.1, high=1.0), "3"),
    (Knob("seed", 1), "half"),
    (Knob("half", True), "perhaps"),
    (Knob("layers", "8"), "a\tb"),
]


@pytest.mark.parametrize(("knob", "value"), KNOBS)
def test_a_refusal_is_the_shell_s_sentence_in_english_and_chinese_in_chinese(knob, value):
    with pytest.raises(KnobValueError) as caught:
        knob.parse(value)
    assert refusal(caught.value, knob.name, Speech("en")) == str(caught.value)
    chinese = refusal(caught.value, "旋钮", Speech("zh"))
    assert re.findall("[A-Za-z]{3,}", chinese.replace(value, "").replace("True", "").replace("yes", "")) == []


def test_any_other_error_is_said_as_it_is():
    assert refusal(UsageError("no such thing."), "x", Speech("zh")) == "no such thing."


@pytest.mark.parametrize(
    ("check", "line", "chinese"),
    [
        ("layers", "dense 8 tanj", "第 9 个字符（“dense 8 tanj”）处：dense 后面不能写“tanj”；是不是想写 tanh？"),
        ("features", "x1,,x2", "第 4 个字符（“x1,,x2”）处：两个逗号之间没有写特征；请去掉一个逗号。"),
        ("formula", "y = x1 +", "第 9 个字符（“y = x1 +”）处：这一行还没有写完："),
    ],
)
def test_a_typed_line_is_refused_in_the_reader_s_language(check, line, chinese):
    with pytest.raises(UsageError) as caught:
        Knob(check, "", check=check).parse(line)
    assert told(caught.value, Speech("zh")).startswith(chinese)
    assert str(caught.value) == f"{check}, {told(caught.value, Speech('en'))}"


def test_a_file_is_refused_in_the_reader_s_language(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3,4,5\n")
    with pytest.raises(UsageError) as caught, data_errors():
        read_delimited(tmp_path / "t.csv")
    assert told(caught.value, Speech("zh")).startswith("t.csv：第 3 行有 3 个值，而表格有 2 列（“a”到“b”）")
    assert told(caught.value, Speech("en")) == str(caught.value)
    (tmp_path / "empty").touch()
    with pytest.raises(UsageError) as caught:
        find(str(tmp_path / "empty"))
    assert told(caught.value, Speech("zh")) == f"{tmp_path / 'empty'}：文件是空的；请给出表格、文本、NPZ 或 IDX 文件。"
