"""A server on this machine with a small set in MNIST's four files, for tests of downloads."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from nnlab.data import Publication, RemoteFile, write_idx


class Server(ThreadingHTTPServer):
    """Serves `content` by path, and counts what was asked for."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = {}
        self.claims = {}
        self.asked = []


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.rpartition("/")[2]
        self.server.asked.append(name)
        if name not in self.server.content:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(self.server.claims.get(name, len(self.server.content[name]))))
        self.end_headers()
        self.wfile.write(self.server.content[name])

    def log_message(self, *_):
        """Keep the test's output clean."""


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def published(server, tmp_path):
    """A set in MNIST's four files, small."""
    source = tmp_path / "source"
    source.mkdir()
    for stem, count in (("train", 6), ("t10k", 4)):
        write_idx(source / f"{stem}-images-idx3-ubyte.gz", np.arange(count * 16, dtype=np.uint8).reshape(count, 4, 4))
        write_idx(source / f"{stem}-labels-idx1-ubyte.gz", np.arange(count, dtype=np.uint8))
    server.content = {path.name: path.read_bytes() for path in sorted(source.iterdir())}
    files = tuple(
        RemoteFile(name, len(content), hashlib.sha256(content).hexdigest()) for name, content in server.content.items()
    )
    return Publication("Small", f"http://127.0.0.1:{server.server_address[1]}/set/", files, "ours")
