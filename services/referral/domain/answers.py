"""What a unit's answer must contain (handbook 6.3, 8.24): process, result, evidence, and results per beneficiary."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.codes import AnswerResult
from shared.contracts.errors import Refused


@dataclass(frozen=True, slots=True)
class Evidence:
    """A paper that the unit keeps itself, named and bound by its hash, or a file of the order."""

    name: str
    sha256: str
    file_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class BeneficiaryResult:
    """How it ended for one beneficiary of a group, known to units by label only."""

    label: str
    result: AnswerResult


@dataclass(frozen=True, slots=True)
class Answer:
    """办理情况反馈 of one order."""

    process: str
    result: AnswerResult
    evidence: tuple[Evidence, ...]
    handler: str
    approved_by: str
    by: str
    at: datetime
    cause_view: str = ""
    beneficiaries: tuple[BeneficiaryResult, ...] = ()


def require_substance(answer: Answer, group: tuple[str, ...], every_one: bool) -> None:
    """Refuse an answer without evidence, or one whose beneficiaries do not add up to its result.

    The main unit (`every_one`) answers for the whole group; a co-unit only for those it had to do with.
    """
    if not answer.evidence:
        raise Refused("answer.no_evidence", "反馈办理结果须附至少一份证据材料")
    labels = Counter(one.label for one in answer.beneficiaries)
    strange = sorted(label for label, times in labels.items() if times > 1 or label not in group)
    if strange:
        raise Refused("answer.beneficiary_unknown", f"受益人编号有误或重复:{'、'.join(strange)}", labels=strange)
    missing = [label for label in group if label not in labels] if every_one else []
    if missing:
        raise Refused("answer.beneficiary_missing", f"主办单位须逐人填写结果,尚缺:{'、'.join(missing)}", labels=missing)
    open_ones = [one.label for one in answer.beneficiaries if one.result is not AnswerResult.SOLVED]
    if answer.result is AnswerResult.SOLVED and open_ones:
        raise Refused(
            "answer.result_contradicts", f"{'、'.join(open_ones)}尚未解决,总体结果不能填“已解决”", labels=open_ones
        )
