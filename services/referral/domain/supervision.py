"""督办文书 (handbook 5.2): what a step of the ladder says to whom; rule and kind never show."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.codes import Escalation
from shared.contracts.errors import Gone, NotFound


@dataclass(frozen=True, slots=True)
class Step:
    """A step that a clock of an order reached."""

    deadline_id: UUID
    order_id: UUID
    level: Escalation
    rule: str
    due_at: datetime
    reached_at: datetime
    sent_at: datetime
    withdrawn: bool = False

    @property
    def act(self) -> str:
        """What the clock is about, in words that give no kind away."""
        return _ACTS.get(self.rule, "反馈办理结果")


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of paper: its name, the person of the unit it is for by function, and who else gets it."""

    name: str
    addressee: str
    copies: tuple[str, ...] = ()


_ACTS = {"D06": "签收交办单", "D07": "联系反映人", "D18": "出具一次性告知", "D22": "重新办理并反馈"}
DOCUMENTS = {
    Escalation.BLUE: Document("提醒单", "承办人、联络员"),
    Escalation.YELLOW: Document("催办通知书", "分管负责人", ("带班领导",)),
    Escalation.RED: Document("督办单", "主要负责人", ("派驻纪检监察组", "监督检查室")),
    Escalation.LISTED: Document("挂牌督办单", "主要负责人", ("市纪委监委有关领导", "派驻纪检监察组", "监督检查室")),
}


def document(step: Step) -> Document:
    """The paper of a step; none for one that does not count, or that only reminds."""
    if step.level not in DOCUMENTS:
        raise NotFound("supervision.no_paper", "这一级只作消息提醒,没有文书")
    if step.withdrawn:
        raise Gone("supervision.withdrawn", "该督办已撤销(办理行为发生在督办之前),文书不再有效")
    return DOCUMENTS[step.level]


def demand(step: Step, when: str) -> str:
    """What is said, `when` being the due time in words."""
    match step.level:
        case Escalation.BLUE:
            return f"贵单位承办的本交办单应于{when}前{step.act},期限将至,请抓紧办理。"
        case Escalation.YELLOW:
            return f"贵单位承办的本交办单应于{when}前{step.act},现已超过期限。请立即办理,并说明超期原因。"
        case Escalation.RED:
            return (
                f"贵单位承办的本交办单应于{when}前{step.act},逾期仍未办理。责成贵单位立即办理,"
                "由主要负责人在1个工作日内书面说明情况,并附整改措施。"
            )
        case _:
            return f"贵单位承办的本交办单应于{when}前{step.act},经催办仍未办理,现予挂牌督办,请主要负责人到会说明。"
