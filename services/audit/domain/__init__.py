"""The log of audit (留痕): what a leaf is, and the Merkle tree over all leaves."""

from services.audit.domain.leaf import Header, headers_from_json, headers_to_json, kept_headers, leaf_bytes
from services.audit.domain.looks import DENIED, VIEWED, Look, look
from services.audit.domain.merkle import EMPTY_ROOT, HASH_SIZE, Frontier, Place, leaf_hash, node_hash
from services.audit.domain.proofs import (
    Span,
    consistency_spans,
    inclusion_spans,
    span_hash,
    subtrees_of,
    verify_consistency,
    verify_inclusion,
)

__all__ = [
    "DENIED",
    "EMPTY_ROOT",
    "HASH_SIZE",
    "VIEWED",
    "Frontier",
    "Header",
    "Look",
    "Place",
    "Span",
    "consistency_spans",
    "headers_from_json",
    "headers_to_json",
    "inclusion_spans",
    "kept_headers",
    "leaf_bytes",
    "leaf_hash",
    "look",
    "node_hash",
    "span_hash",
    "subtrees_of",
    "verify_consistency",
    "verify_inclusion",
]
