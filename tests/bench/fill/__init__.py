"""Filling a store: a few matters that went through the real services, multiplied into a hundred thousand or a million.

`python -m tests.bench.fill --matters N --data DIR` makes a folder that a benchmark can start again.
"""

from tests.bench.fill.copying import Filled
from tests.bench.fill.filling import fill

__all__ = ["Filled", "fill"]
