"""Who reports (反映人): names, phones and papers, checked before they are sealed (handbook 6.1 and 8, 1–7)."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.contracts.codes import Disclosure, IdType, ReporterKind
from shared.contracts.errors import Refused
from shared.wording import line
from shared.workdays import ZONE

EARLIEST = 2000
GUARDED = 14  # 个人信息保护法 31
GUARDIANS = ("监护", "父", "母", "爸", "妈")
MAX_REPRESENTATIVES = 5  # 信访工作条例 20: a joint visit has at most five representatives
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}(-\d{1,6})?", re.ASCII)
_DOTS = re.compile("[\u2022\u2027\u22c5\u30fb\uff0e\uff65]")
_ID_CARD = re.compile(r"\d{17}[\dX]", re.ASCII)
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Representative:
    """群体代表."""

    name: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """代办人: who speaks for the beneficiary, and how they are related."""

    name: str
    relation: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """当事人, where the reporter is another."""

    name: str
    age: int | None = None


@dataclass(frozen=True, slots=True)
class ContactSheet:
    """反映人联系单: whom a unit may call, and nothing else; the agent where the reporter left no number."""

    name: str | None
    phone: str | None
    agent: Representative | None
    representatives: tuple[Representative, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """反映人的身份: kept sealed, opened only for a purpose."""

    name: str | None = None
    phone: str | None = None
    id_type: IdType | None = None
    id_no: str | None = None
    agent: Agent | None = None
    beneficiary: Beneficiary | None = None
    representatives: tuple[Representative, ...] = ()

    @property
    def phones(self) -> frozenset[str]:
        """Every number by which somebody of this matter may come again."""
        agent = [self.agent.phone] if self.agent else []
        return frozenset(filter(None, [self.phone, *agent, *(person.phone for person in self.representatives)]))

    @property
    def to_call(self) -> "Identity":
        """Name and phone for the call-back; the agent's phone where the reporter left no other."""
        return Identity(self.name, self.phone or (self.agent.phone if self.agent else None))

    @property
    def contact_sheet(self) -> ContactSheet:
        """What a unit gets to know under AGREE: no papers, no beneficiary, no relation."""
        agent = Representative(self.agent.name, self.agent.phone) if self.agent and not self.phone else None
        return ContactSheet(self.name, self.phone, agent, self.representatives)


def checked(identity: Identity, kind: ReporterKind, group_size: int | None, disclosure: Disclosure) -> Identity:
    """The identity normalised, or what is wrong with it."""
    anonymous = disclosure is Disclosure.ANONYMOUS
    if not identity.name and not anonymous:
        raise Refused("reporter.name_missing", "请填写反映人姓名或名称;确需匿名的请选择“匿名”")
    if not identity.phone and not (identity.agent and identity.agent.phone) and not anonymous:
        raise Refused("reporter.phone_missing", "请至少填写一个可用的联系电话;确需匿名的请选择“匿名”")
    _check_group(identity, kind, group_size)
    _check_beneficiary(identity)
    return replace(
        identity,
        name=_name(identity.name, "姓名或名称") if identity.name else None,
        phone=phone(identity.phone) if identity.phone else None,
        id_no=_id_number(identity.id_type, identity.id_no) if identity.id_no else None,
        agent=_agent(identity.agent) if identity.agent else None,
        beneficiary=_beneficiary(identity.beneficiary) if identity.beneficiary else None,
        representatives=tuple(map(_representative, identity.representatives)),
    )


def phone(number: str) -> str:
    """A mobile number or a landline with its area code; spaces and +86 dropped."""
    plain = line(number, "联系电话", most=40).replace(" ", "").removeprefix("+86")
    mobile = plain.replace("-", "")
    if _MOBILE.fullmatch(mobile):
        return mobile
    if _LANDLINE.fullmatch(plain):
        return plain
    raise Refused("reporter.phone_invalid", "联系电话不对,请填写11位手机号或带区号的固定电话")


def is_id_card(number: str) -> bool:
    """Whether an eighteen-digit identity card number has a real date of birth and its check character (GB 11643)."""
    if not _ID_CARD.fullmatch(number):
        return False
    try:
        date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        return False
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17]


def is_uscc(code: str) -> bool:
    """Whether a unified social credit code has its check character (GB 32100)."""
    if len(code) != 18 or any(character not in _USCC for character in code):
        return False
    total = sum(_USCC.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17]))
    return _USCC[(31 - total % 31) % 31] == code[17]


def received_in_time(received_at: datetime, now: datetime) -> datetime:
    """When it was reported, in +08:00; never after now, nor before there were such windows."""
    if received_at.year < EARLIEST:
        raise Refused("received_at.too_old", f"反映时间早于{EARLIEST}年,请核对")
    if received_at > now:
        raise Refused("received_at.future", "反映时间不能晚于现在,请核对")
    return received_at.astimezone(ZONE)


def _id_number(id_type: IdType | None, given: str) -> str:
    number = line(given, "证件号码", least=4, most=40).replace(" ", "").upper()
    if id_type is None:
        raise Refused("reporter.id_type_missing", "填写证件号码时请选择证件类型")
    if id_type is IdType.ID_CARD and not is_id_card(number):
        raise Refused("reporter.id_invalid", "身份证号码不对,请对照证件核对")
    if id_type is IdType.USCC and not is_uscc(number):
        raise Refused("reporter.id_invalid", "统一社会信用代码不对,请对照执照核对")
    return number


def _name(given: str, label: str) -> str:
    """A name, with the dot between its parts as GB 18030 has it, whichever a keyboard or a paste brought."""
    return _DOTS.sub("·", line(given, label, least=2))


def _agent(agent: Agent) -> Agent:
    return Agent(
        _name(agent.name, "代办人姓名"), line(agent.relation, "与当事人关系", most=50),
        phone(agent.phone) if agent.phone else None,
    )  # fmt: skip


def _beneficiary(person: Beneficiary) -> Beneficiary:
    return replace(person, name=_name(person.name, "当事人姓名"))


def _check_beneficiary(identity: Identity) -> None:
    if identity.beneficiary and not identity.agent:
        raise Refused("agent.missing", "当事人不是反映人本人的,请填写代办人及与当事人的关系")
    if identity.beneficiary and identity.beneficiary.age is not None and identity.beneficiary.age < GUARDED:
        _require_guardian(identity.agent)


def _require_guardian(agent: Agent | None) -> None:
    if agent is None or not any(word in agent.relation for word in GUARDIANS):
        raise Refused("agent.guardian_needed", f"当事人未满{GUARDED}周岁的,须由其父母或其他监护人反映")


def _check_group(identity: Identity, kind: ReporterKind, group_size: int | None) -> None:
    if kind is not ReporterKind.GROUP:
        if group_size is not None or identity.representatives:
            raise Refused("group.not_a_group", "反映人类别不是群体,不填人数和代表")
        return
    if group_size is None or group_size < 2:
        raise Refused("group.size_missing", "群体反映须填写人数,至少2人")
    if len(identity.representatives) > MAX_REPRESENTATIVES:
        raise Refused("group.too_many_representatives", f"群体反映的代表不超过{MAX_REPRESENTATIVES}人")
    if len(identity.representatives) > group_size:
        raise Refused("group.size_too_small", "人数少于代表数,请核对")


def _representative(person: Representative) -> Representative:
    return Representative(_name(person.name, "代表姓名"), phone(person.phone) if person.phone else None)
