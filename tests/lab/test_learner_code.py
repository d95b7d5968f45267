"""A learner's code: whatever it does comes back as a value or as a fault that names the line."""

import contextlib
import signal
import sys
import threading

import pytest

from nnlab.lab import faults, learner_code, limits
from nnlab.lab.faults import CodeError, returned

HEAD = "def step(x, w, bias):\n"


def fault_of(text, *values):
    """What is wrong with `text`; None when step(*values) returns."""
    try:
        with limits.enforced(), learner_code.captured_prints():
            learner_code.load(text, "step", ("x", "w", "bias"))(*(values or (1.0, 2.0, 3.0)))
    except CodeError as error:
        return error.fault
    return None


def test_a_right_function_returns_its_value():
    with limits.enforced():
        function = learner_code.load(HEAD + "    return x * w + bias\n", "step", ("x", "w", "bias"))
        assert function(2.0, 3.0, 1.0) == 7.0


@pytest.mark.parametrize(
    ("text", "kind", "line", "said"),
    [
        ("def step(x, w, bias):\n    return = 3", "syntax", 2, "Python cannot read this"),
        ("x = 1\n" * 60_000, "syntax", 0, "more than 100,000 bytes"),
        ("a = '\0'", "syntax", 0, "null bytes"),
        ("y = 1\n", "missing", 0, "Write def step(x, w, bias)"),
        ("def stepp(x, w, bias):\n    return x", "missing-near", 0, "stepp is close"),
        ("\ndef step(x, w):\n    return x", "arguments", 2, "takes (x, w), but it is called with (x, w, bias)"),
        (HEAD + "    y = x\n    return y + bia\n", "name-near", 3, "bia is not defined; did you mean bias?"),
        (HEAD + "    return zzz\n", "name", 2, "The arguments are x, w, bias."),
        (HEAD + "    return x @ w\n", "raised", 2, "TypeError: unsupported operand"),
        ("import nothing_like_it\n" + HEAD + "    return x\n", "raised", 1, "ModuleNotFoundError"),
        (HEAD + "    return step(x, w, bias)\n", "raised", 2, "RecursionError"),
        (HEAD + "    raise SystemExit(0)\n", "leave", 2, "Return a value instead"),
        (HEAD + "    return 1 / 0\n", "raised", 2, "ZeroDivisionError: division by zero"),
        ("def helper():\n    return {}['k']\n" + HEAD + "    return helper()\n", "raised", 2, "KeyError: 'k'"),
    ],
)
def test_a_fault_names_its_kind_its_line_and_what_to_do(text, kind, line, said):
    fault = fault_of(text)
    assert (fault.kind, fault.line) == (kind, line)
    assert said in str(fault)
    assert str(fault).count("\n") == 0


@pytest.mark.parametrize("body", ["while True: x", "while True:\n        try: x\n        except Exception: pass"])
def test_a_loop_without_end_is_ended_and_its_line_said(monkeypatch, body):
    monkeypatch.setattr(limits, "SECONDS", 0.05)
    monkeypatch.setattr(limits, "TICK", 0.02)
    fault = fault_of(HEAD + f"    {body}\n")
    assert fault.kind == "time"
    assert fault.line in (2, 3, 4)
    assert "step did not return within 0.05 s" in str(fault)


@pytest.mark.skipif(not limits._pages(), reason="this system does not tell how large a process is")
def test_code_that_takes_too_much_memory_is_ended_and_its_line_said(monkeypatch):
    monkeypatch.setattr(limits, "MEGABYTES", 64)
    fault = fault_of(HEAD + "    import numpy as np\n    return np.ones(2**28)\n")
    assert (fault.kind, fault.line) == ("memory", 3)
    assert "64 MB" in str(fault)


def test_afterwards_the_process_is_as_it_was():
    before = signal.getsignal(signal.SIGALRM)
    memory = limits.resource.getrlimit(limits.resource.RLIMIT_AS) if limits.resource else None
    fault_of(HEAD + "    return x\n")
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    if limits.resource:
        assert limits.resource.getrlimit(limits.resource.RLIMIT_AS) == memory


def test_limits_within_limits_end_with_the_outer_ones():
    with limits.enforced():
        with limits.enforced():
            pass
        assert signal.getitimer(signal.ITIMER_REAL)[1] == pytest.approx(limits.TICK)


def test_an_interrupt_of_the_user_passes_through():
    with pytest.raises(KeyboardInterrupt):
        fault_of(HEAD + "    raise KeyboardInterrupt\n")


def test_prints_are_collected_and_cut():
    with learner_code.captured_prints() as printed:
        sys.stdout.write("x" * 10_000)
    assert len(printed.getvalue()) == learner_code.PRINTED_CHARACTERS


def test_the_hash_is_that_of_the_content_whatever_the_line_ends():
    assert learner_code.content_hash("a = 1\nb = 2\n") == learner_code.content_hash("a = 1  \r\nb = 2")
    assert learner_code.content_hash("a = 1\n") != learner_code.content_hash("a = 2\n")


def test_what_a_function_returned_is_described_even_when_it_cannot_be_printed():
    class Rude:
        def __repr__(self):
            raise ValueError

    assert str(returned("step", Rude(), "w, b")) == "your code: step returned Rude; return w, b."
    assert "array (2, 3)" in str(returned("step", memoryview(b"abcdef").cast("B", (2, 3)), "w"))


@pytest.mark.parametrize("kind", faults.SENTENCES)
def test_every_kind_has_one_sentence_of_its_own_values(kind):
    class AnyValue(dict):
        def __missing__(self, key):
            return "?"

    assert faults.SENTENCES[kind].format_map(AnyValue()).endswith(".")


def test_the_line_of_a_process_that_hung_is_found_in_what_it_left_behind():
    left = ["said before", "Timeout (0:00:05)!", "Thread 0x1 (most recent call first):"]
    assert limits.hung_line([*left, '  File "<your code>", line 7 in step']) == 7
    assert limits.hung_line(left) == 0
    assert limits.hung_line(["said before"]) is None


def test_code_outside_the_main_thread_runs_without_signals():
    with contextlib.ExitStack() as stack:
        seen = []
        thread = threading.Thread(target=lambda: seen.append(fault_of(HEAD + "    return x\n")))
        thread.start()
        stack.callback(thread.join)
    assert seen == [None]
