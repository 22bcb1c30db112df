"""What people write: normalised, and refused where it hides something (handbook 8, 38)."""

import re
import unicodedata

from shared.contracts.errors import Refused

_DIGITS = {0xFF10 + digit: str(digit) for digit in range(10)}  # full-width digits of a Chinese keyboard
# Numbers that give a person away: mobile, landline with area code, old and new identity card.
_PERSONAL_NUMBER = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|\d{15}|\d{17}[\dXx])(?!\d)")


def line(text: str, label: str, least: int = 1, most: int = 100) -> str:
    """One line, as for a name or a title; invisible and direction-changing characters are refused."""
    if any(map(_is_invisible, text)):
        raise Refused("text.invisible", f"{label}含有不可见或改变文字方向的字符,请重新输入")
    return _measured(" ".join(text.translate(_DIGITS).split()), label, least, most)


def passage(text: str, label: str, least: int, most: int) -> str:
    """A longer text; invisible characters, which come with pasting, are dropped."""
    kept = "".join(character for character in text if not _is_invisible(character) or character in "\n\t")
    return _measured(kept.translate(_DIGITS).strip(), label, least, most)


def visible(text: str) -> str:
    """The text without invisible characters, for what other systems send."""
    return "".join(character for character in text if not _is_invisible(character))


def without_personal_number(title: str) -> str:
    """A title that many may read holds no phone and no identity number."""
    if _PERSONAL_NUMBER.search(title.replace(" ", "")):
        raise Refused("title.personal_data", "事由中不要写电话号码或证件号码,请填在相应栏目")
    return title


def _measured(text: str, label: str, least: int, most: int) -> str:
    if not least <= len(text) <= most:
        raise Refused("text.length", f"{label}须为{least}至{most}个字,现为{len(text)}个字", field=label)
    if not any(character.isalnum() for character in text):
        raise Refused("text.empty", f"{label}只有标点符号,请写明内容", field=label)
    return text


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Cc", "Zl", "Zp")
