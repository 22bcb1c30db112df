"""What people write: normalised, and refused where it hides something (handbook 8, 38)."""

import re

from shared.contracts.errors import Refused

_FULL_WIDTH = re.compile("[\uff10-\uff19]")  # digits of a Chinese keyboard
# Unicode's format and control characters and line separators; of these only line break and tab may stand in a passage.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
# Numbers that give a person away: mobile, landline with area code, old and new identity card.
_PERSONAL_NUMBER = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|\d{15}|\d{17}[\dXx])(?!\d)")


def line(text: str, label: str, least: int = 1, most: int = 100) -> str:
    """One line, as for a name or a title; invisible and direction-changing characters are refused."""
    if _INVISIBLE.search(text):
        raise Refused("text.invisible", f"{label}含有不可见或改变文字方向的字符,请重新输入")
    return _measured(" ".join(_plain_digits(text).split()), label, least, most)


def passage(text: str, label: str, least: int, most: int) -> str:
    """A longer text; invisible characters, which come with pasting, are dropped."""
    kept = _INVISIBLE.sub(lambda found: found[0] if found[0] in "\n\t" else "", text)
    return _measured(_plain_digits(kept).strip(), label, least, most)


def visible(text: str) -> str:
    """The text without invisible characters, for what other systems send."""
    return _INVISIBLE.sub("", text)


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


def _plain_digits(text: str) -> str:
    return _FULL_WIDTH.sub(lambda found: chr(ord(found[0]) - 0xFEE0), text)
