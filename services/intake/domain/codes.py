"""Codes that only intake keeps (handbook 6.1); those that travel in events are in shared.contracts.codes."""

from enum import StrEnum


class IdType(StrEnum):
    """证件类型."""

    ID_CARD = "ID_CARD"  # 居民身份证, GB 11643
    USCC = "USCC"  # 统一社会信用代码, GB 32100
    OTHER = "OTHER"


class AlreadyIn(StrEnum):
    """已走的其他程序; drives the check whether the matter can be accepted."""

    LITIGATION = "LITIGATION"
    REVIEW = "REVIEW"
    PETITION = "PETITION"
    H12345 = "H12345"


class Vulnerable(StrEnum):
    """特殊群体, who are helped and accompanied."""

    ELDERLY = "ELDERLY"
    DISABLED = "DISABLED"
    PREGNANT = "PREGNANT"
    SOLDIER = "SOLDIER"
    LANGUAGE = "LANGUAGE"


class ConfirmMode(StrEnum):
    """反映人确认方式."""

    SIGN_PAD = "SIGN_PAD"
    PAPER_SCAN = "PAPER_SCAN"
    SMS_CODE = "SMS_CODE"
    ORAL_READBACK = "ORAL_READBACK"


class Purpose(StrEnum):
    """查看目的: why somebody opens identity or content."""

    HANDLING = "HANDLING"
    APPROVAL = "APPROVAL"
    REVIEW = "REVIEW"
    FEEDBACK = "FEEDBACK"
    CALLBACK = "CALLBACK"
    INSPECTION = "INSPECTION"
