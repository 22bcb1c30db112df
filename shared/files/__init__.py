"""Files that people hand in: what they are, found from their content, and where they are kept, sealed."""

from shared.files._refusals import too_large
from shared.files.drawer import Drawer, Stored, destroy
from shared.files.sniffing import MOST_BYTES, examined
from shared.files.store import Files, FilesAway

__all__ = ["MOST_BYTES", "Drawer", "Files", "FilesAway", "Stored", "destroy", "examined", "too_large"]
