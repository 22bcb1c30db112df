"""Files that people hand in: what they are, found from their content, and where they are kept, sealed."""

from shared.files._refusals import too_large
from shared.files.sniffing import MOST_BYTES, examined
from shared.files.store import Files, FilesAway, digest

__all__ = ["MOST_BYTES", "Files", "FilesAway", "digest", "examined", "too_large"]
