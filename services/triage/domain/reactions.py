"""What the rest of the system does to an assessment: open it, start a round, correct its kind, close it."""

from collections.abc import Mapping, Set
from dataclasses import replace
from typing import Final

from services.triage.domain.assessment import APPROVED, CLOSED, OPEN, Assessment, Change, Outcome, Words, reclassified
from services.triage.domain.orders import ORDER_RULES
from shared.contracts import Event, MatterEvent
from shared.contracts.codes import AssessmentState, Kind
from shared.contracts.errors import Superseded
from shared.contracts.intake import ENDINGS, MatterAccepted, MatterReopened, MatterReworkOrdered
from shared.contracts.referral import CannotDoUpheld

# Foreign events that a final state makes void: recorded and passed over. An upheld statement is not among them: it
# leads to the closing, yet may be read after it, since order holds within one source only.
SUPERSEDED: Final[Set[tuple[AssessmentState, type[Event]]]] = {
    (CLOSED, MatterReworkOrdered),
    *((CLOSED, ending) for ending in ENDINGS),
}


def accepted(found: Assessment | None, event: MatterAccepted, key: bytes) -> Outcome:
    """Accepted for handling (T05): every matter that is not settled at the counter gets its judgement (R03)."""
    if found is not None:
        raise Superseded("accepted once more: its judgement is open already")  # intake restored, the act entered again
    blamed = tuple(event.blamed_unit_ids)
    place = event.matter_id, event.org_code, event.window_id
    return Assessment(*place, key, event.accepted_at, blamed_unit_ids=blamed), []


def rework_ordered(sheet: Assessment, event: MatterReworkOrdered) -> Outcome:
    """A new round after dissatisfaction (T20); it stands on the same judgement."""
    _pass_over_if_superseded(sheet, event)
    sheet.require(APPROVED, doing="进入重办")
    return sheet.moved(APPROVED, round=event.round), []


def statement_upheld(sheet: Assessment, event: CannotDoUpheld) -> Outcome:
    """A unit's cannot-do statement stands (T14): the kind becomes 办不了 if it was not."""
    if event.round < sheet.round and sheet.state not in (APPROVED, CLOSED):
        raise Superseded(f"the statement is of round {event.round}, the next one is being judged")
    proposal = sheet.standing(APPROVED, CLOSED, doing="认定为办不了")
    before = proposal.judgement
    if before.kind is Kind.CANNOT:
        return sheet, []
    after = replace(before, kind=Kind.CANNOT, rule=ORDER_RULES[Kind.CANNOT][0])
    change = Change(before.kind, Kind.CANNOT, event.decided_at, statement_id=event.statement_id)
    corrected = sheet.moved(
        sheet.state, proposal=replace(proposal, judgement=after), history=(*sheet.history, change), lowering=None
    )
    return corrected, [reclassified(sheet, before.kind, after, None, event.decided_at)]


def ended(sheet: Assessment, event: MatterEvent) -> Outcome:
    """The matter has ended, whichever way: nothing more is decided here."""
    _pass_over_if_superseded(sheet, event)
    return sheet.moved(CLOSED, lowering=None), []


def reopened(found: Assessment | None, event: MatterReopened, key: bytes) -> Outcome:
    """Taken up again (T22): a new judgement in the next round; the one before stands until then."""
    if found is None:  # it was settled at the counter
        return Assessment(event.matter_id, event.org_code, event.window_id, key, event.reopened_at,
                          round=event.round), []  # fmt: skip
    if found.round >= event.round:
        raise Superseded(f"reopened once more: round {found.round} is under way")  # intake restored
    return found.moved(OPEN, round=event.round, approval=None), []


def erased(sheet: Assessment, key: bytes, gone: Mapping[str, Words]) -> Outcome:
    """The words of the sheet are destroyed with their key; what they led to stays (个人信息保护法 47)."""
    after = replace(
        sheet,
        key=key,
        version=sheet.version + 1,
        proposal=sheet.proposal and replace(sheet.proposal, note=gone["note"]),
        returns=tuple(replace(line, reason=gone["reason"]) for line in sheet.returns),
        approval=sheet.approval and replace(sheet.approval, opinion=sheet.approval.opinion and gone["opinion"]),
        history=tuple(replace(line, reason=line.reason and gone["reason"]) for line in sheet.history),
        lowering=sheet.lowering and replace(sheet.lowering, reason=gone["reason"]),
    )
    return after, []


def _pass_over_if_superseded(sheet: Assessment, event: Event) -> None:
    if (sheet.state, type(event)) in SUPERSEDED:
        raise Superseded(f"the assessment is {sheet.state}: {event.TYPE} comes too late")
