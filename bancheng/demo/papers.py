"""The papers that people hand in at the counter: blank ones."""

_OBJECTS = (
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
)


def blank_pdf() -> bytes:
    """An empty page as PDF."""
    text, places = b"%PDF-1.7\n", []
    for number, body in enumerate(_OBJECTS, 1):
        places.append(len(text))
        text += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(_OBJECTS) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
    return text + head + b"trailer <</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(text))
