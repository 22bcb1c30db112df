"""Proofs over the log (RFC 6962 2.1.1, 2.1.2): that an entry is in it, and that it only ever grew.

A proof is first a list of spans of leaves; each span is made of a few complete subtrees, whose hashes are stored.
"""

from collections.abc import Mapping, Sequence

from services.audit.domain.merkle import Place, node_hash

Span = tuple[int, int]  # leaves from … up to, not including


def inclusion_spans(index: int, size: int) -> list[Span]:
    """What proves that leaf `index` is in the tree of `size` leaves: the siblings on its way up."""
    spans, start, end = [], 0, size
    while end - start > 1:
        middle = _middle(start, end)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(first: int, second: int) -> list[Span]:
    """What proves that the tree of `second` leaves begins with that of `first` leaves; 1 ≤ first ≤ second."""
    spans, start, end, same_root = [], 0, second, True
    while first != end:
        middle = _middle(start, end)
        if first <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start, same_root = middle, False
    if not same_root:  # else the verifier has this one: it is the first root
        spans.append((start, end))
    return spans[::-1]


def subtrees_of(span: Span) -> list[Place]:
    """The complete subtrees that make up a span, from left to right."""
    places, (start, end) = [], span
    while start < end:
        level = (end - start).bit_length() - 1
        places.append((level, start >> level))
        start += 1 << level
    return places


def span_hash(span: Span, hashes: Mapping[Place, bytes]) -> bytes:
    """The hash over a span from those of its subtrees."""
    *left, top = (hashes[place] for place in subtrees_of(span))
    for peak in reversed(left):
        top = node_hash(peak, top)
    return top


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path leads from the leaf to the root (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, top = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            top = node_hash(sibling, top)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            top = node_hash(top, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and top == root


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path leads from both roots to one history (RFC 9162 2.1.4.2)."""
    if not 1 <= first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    whole = first & (first - 1) == 0  # the first tree is a complete subtree: its root is the start of the path
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    steps = [first_root, *path] if whole else list(path)
    if not steps:
        return False
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _middle(start: int, end: int) -> int:
    """Where RFC 6962 splits: after the largest power of two smaller than the number of leaves."""
    return start + (1 << ((end - start - 1).bit_length() - 1))
