"""Papers as PDF: a typst template filled with values; the Chinese font comes with us."""

from shared.printing.pdf import pdf, qr

__all__ = ["pdf", "qr"]
