"""Fetching a published data set that the user asked for: checked by size and SHA-256, kept in a folder.

`nnlab.data` does not hand these names on: the network modules below would cost every run 15 ms at its start.
"""

import hashlib
import http.client
import os
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from nnlab.data.errors import DataError, DownloadError
from nnlab.data.published import PUBLISHED, Publication, RemoteFile

Progress = Callable[[int, int], None]
"""Told bytes here and bytes in all, files that were there before included; an exception from it ends the download."""

CHUNK = 1 << 16
TIMEOUT = 20.0
"""Seconds without a byte until an address counts as unreachable."""


def publication(name: str) -> Publication:
    """Return the published set by that name. Raises DataError with the nearest name and the list."""
    if name not in PUBLISHED:
        near = get_close_matches(name.lower(), PUBLISHED, n=1, cutoff=0.4)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise DataError(f"no data set {name!r} to download{hint} There are: {', '.join(PUBLISHED)}.")
    return PUBLISHED[name]


def download(wanted: Publication, folder: Path, *, progress: Progress | None = None, timeout: float = TIMEOUT) -> Path:
    """Fetch the files that `folder` lacks, or holds with another checksum, and return `folder`.

    A file appears under its name only when it is whole and its checksum right, so an interrupted download leaves none
    behind and the next call goes on with the file it stopped at. Raises DownloadError: unreachable, refused, of
    another size or checksum, no room.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DownloadError(f"{folder}: cannot be made ({error.strerror}); give a folder that you may write.") from None
    here = 0
    for file in wanted.files:
        if not is_here(file, folder):
            _fetch(wanted, file, folder, here, progress, timeout)
        here += file.size
        if progress is not None:
            progress(here, wanted.size)
    return folder


def is_here(file: RemoteFile, folder: Path) -> bool:
    """Whether the folder holds the file, whole and with the right checksum."""
    path = folder / file.name
    try:
        if path.stat().st_size != file.size:
            return False
        with open(path, "rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
    except OSError:
        return False


def _fetch(
    wanted: Publication, file: RemoteFile, folder: Path, before: int, progress: Progress | None, timeout: float
) -> None:
    address = wanted.address + file.name
    host = urlsplit(address).hostname
    by_hand = f"or put {file.name} into {folder} yourself"
    digest, got = hashlib.sha256(), 0
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "wb") as target:
            request = urllib.request.Request(address, headers={"User-Agent": "nnlab"})
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                while chunk := answer.read(CHUNK):
                    got += len(chunk)
                    if got > file.size:
                        break
                    digest.update(chunk)
                    target.write(chunk)
                    if progress is not None:
                        progress(before + got, wanted.size)
            target.flush()
            os.fsync(target.fileno())
        if got != file.size:
            sent = f"more than {file.size:,}" if got > file.size else f"{got:,} of {file.size:,}"
            raise DownloadError(f"{address} sent {sent} bytes; try again later, {by_hand}.")
        if digest.hexdigest() != file.sha256:
            raise DownloadError(
                f"{address} sent a file with SHA-256 {digest.hexdigest()[:12]}..., but {wanted.title} has"
                f" {file.sha256[:12]}...; it was thrown away: try another network, {by_hand}."
            )
        os.replace(temporary, folder / file.name)
    except urllib.error.HTTPError as error:
        error.close()
        raise DownloadError(f"{address} answered {error.code} {error.reason}; try again later, {by_hand}.") from None
    except (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise DownloadError(
            f"{wanted.title}: {host} cannot be reached ({str(reason) or type(error).__name__});"
            f" go online and ask again, {by_hand}."
        ) from None
    except OSError as error:
        raise DownloadError(f"{folder / file.name}: cannot be written ({error.strerror}); make room there.") from None
    finally:
        Path(temporary).unlink(missing_ok=True)
