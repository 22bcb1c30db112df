"""Audit's tree while it is filled: the same hashes as services.audit.domain.Frontier, without an object a leaf."""

from hashlib import sha256

from services.audit.domain import Frontier


class Log:
    """The right edge of the tree, growing in place."""

    def __init__(self, head: Frontier) -> None:
        self.size = head.size
        self._peaks = list(head.peaks)

    @property
    def head(self) -> Frontier:
        """The head as the service keeps it."""
        return Frontier(self.size, tuple(self._peaks))

    def append(self, leaf: bytes) -> tuple[bytes, bytes, bytes]:
        """Leaf hash, completed subtrees and root of the next entry."""
        peaks = self._peaks
        hashed = top = sha256(b"\0" + leaf).digest()
        completed, carry = b"", self.size
        while carry & 1:
            top = sha256(b"\1" + peaks.pop() + top).digest()
            completed += top
            carry >>= 1
        root = top
        for peak in reversed(peaks):
            root = sha256(b"\1" + peak + root).digest()
        peaks.append(top)
        self.size += 1
        return hashed, completed, root
