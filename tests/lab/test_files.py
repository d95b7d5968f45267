"""Files that are written whole or not at all."""

import json
import subprocess
import sys

import pytest

from nnlab.lab import files


def test_a_kill_in_the_middle_of_writing_leaves_the_old_file_or_the_new_one(tmp_path):
    path = tmp_path / "kept.json"
    files.write_atomically(path, b'{"n": -1}')
    code = (
        "import sys, itertools\nfrom pathlib import Path\nfrom nnlab.lab.files import write_atomically\n"
        "for n in itertools.count():\n"
        '    write_atomically(Path(sys.argv[1]), b\'{"n": %d, "pad": "%s"}\' % (n, b\'x\' * 100_000))\n'
        "    print(n, flush=True)\n"
    )
    for kills in range(1, 6):
        writer = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
        for _ in range(kills * 3):
            writer.stdout.readline()
        writer.kill()
        writer.wait()
        writer.stdout.close()
        assert json.loads(path.read_bytes())["n"] >= 0


def test_a_failed_write_leaves_no_temporary_file(tmp_path):
    target = tmp_path / "folder"
    target.mkdir()
    with pytest.raises(OSError, match=r".*"):
        files.write_atomically(target, b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
