"""The Merkle tree of RFC 6962: hashes of leaves and nodes, and the right edge from which the tree grows."""

from dataclasses import dataclass
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256().digest()

# A complete subtree by its level and its number on that level: (0, 5) is leaf 5, (3, 1) stands over leaves 8 … 15.
Place = tuple[int, int]


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962 2.1: a leaf is marked with 0x00."""
    return sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 2.1: an inner node is marked with 0x01, so that it can never pass for a leaf."""
    return sha256(b"\1" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge: the roots of the complete subtrees that make up the tree, largest first.

    There is one peak for each bit that is set in `size`; nothing else is needed to append or to tell the root.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    @classmethod
    def unpack(cls, size: int, packed: bytes) -> "Frontier":
        """A frontier from its peaks in a row."""
        return cls(size, tuple(packed[at : at + HASH_SIZE] for at in range(0, len(packed), HASH_SIZE)))

    def pack(self) -> bytes:
        """The peaks in a row."""
        return b"".join(self.peaks)

    def append(self, leaf: bytes) -> tuple["Frontier", tuple[bytes, ...]]:
        """The frontier with one leaf more, and the subtrees it completed, from level 1 upwards."""
        peaks, completed = list(self.peaks), []
        top, carry = leaf, self.size
        while carry & 1:
            top = node_hash(peaks.pop(), top)
            completed.append(top)
            carry >>= 1
        return Frontier(self.size + 1, (*peaks, top)), tuple(completed)

    def root(self) -> bytes:
        """The root of the tree."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in self.peaks[-2::-1]:
            root = node_hash(peak, root)
        return root
