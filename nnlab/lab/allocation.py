"""Memory allocation: keep glibc from handing large temporaries back to the system at every step."""

import ctypes
import sys

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
LARGEST_MMAP_THRESHOLD = 32 * 2**20
"""What glibc takes at most on 64-bit systems; a larger value is refused as a whole."""


def keep_large_temporaries() -> bool:
    """Let freed arrays of up to 32 MB be used again; return whether this system could be told so (glibc only)."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    mallopt.argtypes, mallopt.restype = [ctypes.c_int, ctypes.c_int], ctypes.c_int
    return bool(mallopt(M_MMAP_THRESHOLD, LARGEST_MMAP_THRESHOLD) and mallopt(M_TRIM_THRESHOLD, 512 * 2**20))
