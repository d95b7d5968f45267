"""Published data sets that a user may ask to download: their addresses, sizes and checksums. Never fetched unasked."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file as its publisher offers it."""

    name: str
    size: int
    """Bytes."""
    sha256: str
    """Checksum in hexadecimal, of the file as it is sent (packed)."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A data set of several files below one address."""

    title: str
    address: str
    """What file names are put behind; ends in a slash. The checksums hold whoever answers there."""
    files: tuple[RemoteFile, ...]
    credit: str
    """Authors, source and licence, to be shown with the data."""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


PUBLISHED: Mapping[str, Publication] = {
    "mnist": Publication(
        title="MNIST",
        address="https://storage.googleapis.com/cvdf-datasets/mnist/",
        files=(
            RemoteFile(
                "train-images-idx3-ubyte.gz",
                9_912_422,
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            ),
            RemoteFile(
                "train-labels-idx1-ubyte.gz",
                28_881,
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            ),
            RemoteFile(
                "t10k-images-idx3-ubyte.gz",
                1_648_877,
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            ),
            RemoteFile(
                "t10k-labels-idx1-ubyte.gz",
                4_542,
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            ),
        ),
        credit="Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database of handwritten digits",
    ),
    "fashion-mnist": Publication(
        title="Fashion-MNIST",
        address="http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        files=(
            RemoteFile(
                "train-images-idx3-ubyte.gz",
                26_421_880,
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            ),
            RemoteFile(
                "train-labels-idx1-ubyte.gz",
                29_515,
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            ),
            RemoteFile(
                "t10k-images-idx3-ubyte.gz",
                4_422_102,
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            ),
            RemoteFile(
                "t10k-labels-idx1-ubyte.gz",
                5_148,
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            ),
        ),
        credit="H. Xiao, K. Rasul, R. Vollgraf (Zalando): Fashion-MNIST, arXiv 1708.07747, MIT licence",
    ),
}
"""Name -> publication, in order of growing difficulty."""
