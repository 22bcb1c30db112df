"""The Merkle tree against RFC 6962: its own naive definition, and the known vectors of Certificate Transparency."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain import (
    EMPTY_ROOT,
    Frontier,
    Place,
    consistency_spans,
    inclusion_spans,
    leaf_hash,
    node_hash,
    span_hash,
    verify_consistency,
    verify_inclusion,
)

# The eight leaves and the roots over the first n of them, as every Certificate Transparency log tests them.
VECTORS = [bytes.fromhex(leaf) for leaf in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {  # (entry counted from 1, size): path
    (1, 8): ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"],
    (6, 8): ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
             "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    (3, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}  # fmt: skip
CONSISTENCY = {
    (1, 8): ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"],
    (6, 8): ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
             "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    (2, 5): ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"],
    (1, 1): [],
}  # fmt: skip

trees = st.lists(st.binary(max_size=3), min_size=1, max_size=70)


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 2.1, word for word."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if index < k:
        return [*naive_path(index, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(index - k, leaves[k:]), naive_root(leaves[:k])]


def naive_proof(first: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 6962 2.1.2, word for word."""
    if first == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if first <= k:
        return [*naive_proof(first, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_proof(first - k, leaves[k:], False), naive_root(leaves[:k])]


def grown(leaves: list[bytes]) -> tuple[Frontier, dict[Place, bytes]]:
    """A tree grown leaf by leaf, with every complete subtree noted as the store would."""
    frontier, hashes = Frontier(), {}
    for index, leaf in enumerate(leaves):
        hashes[0, index] = leaf_hash(leaf)
        frontier, completed = frontier.append(leaf_hash(leaf))
        hashes |= {(level, index >> level): subtree for level, subtree in enumerate(completed, 1)}
    return frontier, hashes


def test_the_roots_are_those_of_every_other_implementation() -> None:
    for size, root in enumerate(ROOTS):
        assert grown(VECTORS[:size])[0].root().hex() == root
    assert EMPTY_ROOT.hex() == ROOTS[0]


@pytest.mark.parametrize(("entry", "size"), INCLUSION)
def test_the_inclusion_paths_are_those_of_every_other_implementation(entry: int, size: int) -> None:
    hashes = grown(VECTORS)[1]
    assert [span_hash(span, hashes).hex() for span in inclusion_spans(entry - 1, size)] == INCLUSION[entry, size]


@pytest.mark.parametrize(("first", "second"), CONSISTENCY)
def test_the_consistency_paths_are_those_of_every_other_implementation(first: int, second: int) -> None:
    hashes = grown(VECTORS)[1]
    path = [span_hash(span, hashes).hex() for span in consistency_spans(first, second)]
    assert path == CONSISTENCY[first, second]


@given(trees)
def test_growing_gives_the_root_of_the_definition_and_survives_packing(leaves: list[bytes]) -> None:
    frontier, _ = grown(leaves)
    assert frontier.root() == naive_root(leaves)
    assert len(frontier.peaks) == len(leaves).bit_count()
    assert Frontier.unpack(frontier.size, frontier.pack()) == frontier


@given(trees, st.data())
def test_every_entry_is_proven_at_every_size(leaves: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    hashes = grown(leaves)[1]
    path = [span_hash(span, hashes) for span in inclusion_spans(index, size)]
    assert path == naive_path(index, leaves[:size])
    assert verify_inclusion(leaf_hash(leaves[index]), index, size, path, naive_root(leaves[:size]))


@given(trees, st.data())
def test_every_size_is_proven_to_begin_every_later_one(leaves: list[bytes], data: st.DataObject) -> None:
    second = data.draw(st.integers(1, len(leaves)))
    first = data.draw(st.integers(1, second))
    hashes = grown(leaves)[1]
    path = [span_hash(span, hashes) for span in consistency_spans(first, second)]
    roots = naive_root(leaves[:first]), naive_root(leaves[:second])
    assert path == naive_proof(first, leaves[:second])
    assert verify_consistency(first, second, *roots, path)


@given(trees, st.data())
def test_an_altered_proof_proves_nothing(leaves: list[bytes], data: st.DataObject) -> None:
    size = len(leaves)
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    hashes, root = grown(leaves)[1], naive_root(leaves)
    path = altered([span_hash(span, hashes) for span in inclusion_spans(index, size)], data)
    assert not verify_inclusion(leaf_hash(leaves[index]), index, size, path, root)
    path = altered([span_hash(span, hashes) for span in consistency_spans(first, size)], data)
    assert not verify_consistency(first, size, naive_root(leaves[:first]), root, path)


def altered(path: list[bytes], data: st.DataObject) -> list[bytes]:
    """A path with one step more, one less, or one bit turned."""
    choices = ["longer", *(["shorter", "turned"] if path else [])]
    at = data.draw(st.integers(0, max(0, len(path) - 1)))
    match data.draw(st.sampled_from(choices)):
        case "longer":
            return [*path[:at], b"\7" * 32, *path[at:]]
        case "shorter":
            return path[:at] + path[at + 1 :]
    return [*path[:at], bytes([path[at][0] ^ 1]) + path[at][1:], *path[at + 1 :]]


def test_what_no_tree_has_is_not_proven() -> None:
    leaf = leaf_hash(b"")
    assert verify_inclusion(leaf, 0, 1, [], leaf)
    assert not verify_inclusion(leaf, 1, 1, [], leaf)
    assert not verify_inclusion(leaf, -1, 1, [], leaf)
    assert not verify_consistency(0, 1, EMPTY_ROOT, leaf, [])
    assert not verify_consistency(2, 1, leaf, leaf, [])


def test_a_node_never_passes_for_a_leaf() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")
    assert node_hash(left, right) != leaf_hash(left + right)
