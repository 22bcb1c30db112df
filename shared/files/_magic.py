"""First bytes of what is never taken, neither alone nor inside another file."""

# PE, ELF, Mach-O in both byte orders and as a fat file (Java's classes look the same), a Windows shortcut.
PROGRAMS = (
    b"MZ", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe", b"L\x00\x00\x00\x01\x14\x02\x00",
)  # fmt: skip
ZIP = b"PK\x03\x04"
# zip, empty zip, RAR, 7z, gzip, bzip2, xz, cabinet, zstd, lz4.
ARCHIVES = (
    ZIP, b"PK\x05\x06", b"Rar!\x1a", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"MSCF",
    b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18",
)  # fmt: skip
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # OLE: .doc, .xls, .msi, and VBA projects
HEAD = 512


def is_archive(head: bytes) -> bool:
    """Whether something begins like an archive; tar has its mark further in."""
    return head.startswith(ARCHIVES) or head[257:262] == b"ustar"
