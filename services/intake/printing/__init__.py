"""Intake's papers."""

from pathlib import Path
from typing import Literal

from services.intake.domain.slip import Slip
from shared.printing import pdf, qr
from shared.workdays import ZONE

SLIP = Path(__file__).with_name("slip.typ")


def slip_pdf(slip: Slip, kind: Literal["pdf", "png"] = "pdf") -> bytes:
    """回执 on A5; the QR code is the register number, for the scanner at the counter."""
    values = {
        "window": slip.window,
        "register_no": slip.register_no,
        "registered_at": slip.registered_at.astimezone(ZONE).strftime("%Y年%m月%d日 %H:%M"),
        "title": slip.title,
        "standing": slip.standing,
        "query_code": f"{slip.query_code[:4]} {slip.query_code[4:]}",
        "qr": qr(slip.register_no),
    }
    return pdf(SLIP, values, kind)
