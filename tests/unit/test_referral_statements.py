"""Cannot-do statements: complete, in force, by the principal in person, and upheld only with a comparison."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.referral.domain.orders import Settlement
from services.referral.domain.statements import (
    StatementDecision,
    StatementText,
    canonical,
    decide,
    faults,
    file,
    text_hash,
)
from services.referral.domain.terms import Post, Term
from services.referral.domain.units import Unit
from shared.contracts.codes import BasisLevel, OrderState
from shared.contracts.errors import IllegalTransition, Refused
from shared.contracts.referral import CannotDoFiled, CannotDoUpheld
from tests.unit.referral_room import (
    DEPUTY,
    HANDLER,
    LEADER,
    NOW,
    PRINCIPAL,
    TODAY,
    basis,
    comparison,
    delivered,
    filed,
    matter,
    statement_text,
    unit,
    working,
)


def refused(text: StatementText, by: str = PRINCIPAL, of_unit: Unit | None = None, copied: bool = False) -> str:
    """The code with which filing this text is refused."""
    order = working(matter())
    with pytest.raises(Refused) as refusal:
        file(order, of_unit or unit(), text, text_hash(canonical(order, text)), copied, by, NOW)
    return refusal.value.code


def test_the_principal_files_a_complete_statement() -> None:
    order = working(matter())
    text = statement_text()
    after, statement, [event] = file(order, unit(), text, text_hash(canonical(order, text)), False, PRINCIPAL, NOW)
    assert after.state is OrderState.CANNOT_FILED
    assert isinstance(event, CannotDoFiled)
    assert (event.basis_count, event.signer_id, event.statement_id) == (1, PRINCIPAL, statement.id)


@pytest.mark.parametrize("by", [DEPUTY, HANDLER, "u-principal-before"])
def test_nobody_signs_for_the_principal(by: str) -> None:
    assert refused(statement_text(), by=by) == "cannot_do.not_principal"


def in_turn(*begins: date) -> Unit:
    """A unit whose principals took over on these days: the one before, the present one, the next one."""
    ends = [*(day - timedelta(days=1) for day in begins[1:]), None]
    accounts = ("u-principal-before", PRINCIPAL, "u-principal-next")
    terms = [Term(*who) for who in zip(accounts, [Post.PRINCIPAL] * 3, begins, ends, strict=True)]
    return replace(unit(), principal_id=accounts[-1], terms=tuple(terms))


def test_a_principal_who_has_left_office_or_is_yet_to_come_may_not_sign() -> None:
    of_unit = in_turn(date(2019, 1, 1), date(2024, 3, 1), TODAY + timedelta(days=1))
    for account in ("u-principal-before", "u-principal-next"):
        assert refused(statement_text(), by=account, of_unit=of_unit) == "cannot_do.not_principal"
    order, text = working(matter()), statement_text()
    file(order, of_unit, text, text_hash(canonical(order, text)), False, PRINCIPAL, NOW)


def test_a_new_principal_signs_from_the_first_day_on() -> None:
    of_unit = in_turn(date(2019, 1, 1), date(2024, 3, 1), TODAY)
    assert refused(statement_text(), of_unit=of_unit) == "cannot_do.not_principal"
    order, text = working(matter()), statement_text()
    file(order, of_unit, text, text_hash(canonical(order, text)), False, "u-principal-next", NOW)


def test_a_principal_of_an_abolished_unit_may_not_sign() -> None:
    gone = unit(valid_to=TODAY - timedelta(days=1))
    assert refused(statement_text(), of_unit=gone) == "cannot_do.not_principal"


def test_a_statement_without_any_basis_is_refused() -> None:
    assert refused(statement_text(basis=())) == "cannot_do.no_basis"


@pytest.mark.parametrize("excuse", ["本单位内部规定", "行业惯例", "系统不支持该业务", "领导要求暂缓"])
def test_an_excuse_alone_is_no_basis(excuse: str) -> None:
    assert refused(statement_text(basis=(basis(title=excuse),))) == "cannot_do.no_legal_basis"
    assert refused(statement_text(basis=(basis(level=BasisLevel.INTERNAL),))) == "cannot_do.no_legal_basis"


def test_an_internal_rule_beside_a_law_does_no_harm() -> None:
    internal = basis(level=BasisLevel.INTERNAL, title="窗口操作细则", number="")
    assert faults(statement_text(basis=(basis(), internal)), TODAY) == []


@pytest.mark.parametrize("part", ["number", "article", "quotation", "issued_by"])
def test_a_basis_that_cannot_be_looked_up_is_refused(part: str) -> None:
    assert refused(statement_text(basis=(basis(**{part: ""}),))) == "cannot_do.basis_incomplete"


@pytest.mark.parametrize(
    "dates",
    [
        {"effective_on": TODAY + timedelta(days=1)},
        {"repealed_on": TODAY},
        {"repealed_on": date(2020, 1, 1)},
    ],
)
def test_a_document_not_in_force_on_the_day_is_refused(dates: dict[str, date]) -> None:
    assert refused(statement_text(basis=(basis(**dates),))) == "cannot_do.basis_not_in_force"


def test_a_document_repealed_from_tomorrow_is_in_force_today() -> None:
    assert faults(statement_text(basis=(basis(repealed_on=TODAY + timedelta(days=1)),)), TODAY) == []


def test_blanks_do_not_lengthen_the_reasons() -> None:
    assert refused(statement_text(reasons="不符合规定。" + " " * 60)) == "cannot_do.reasons_short"


@pytest.mark.parametrize("part", ["facts_vs_basis", "alternatives", "remedy", "counsellor"])
def test_every_part_of_the_form_is_needed(part: str) -> None:
    assert refused(statement_text(**{part: ""})) == "cannot_do.incomplete"


def test_a_copy_of_an_earlier_statement_is_refused() -> None:
    assert refused(statement_text(), copied=True) == "cannot_do.copied"


def test_all_that_is_missing_is_said_at_once() -> None:
    found = faults(statement_text(basis=(), reasons="不行", remedy=""), TODAY)
    assert [fault.code for fault in found] == [
        "cannot_do.no_basis",
        "cannot_do.reasons_short",
        "cannot_do.incomplete",
    ]


def test_a_signature_for_another_text_does_not_hold() -> None:
    order = working(matter())
    signed = text_hash(canonical(order, statement_text(remedy="可以信访复查。")))
    with pytest.raises(Refused) as refusal:
        file(order, unit(), statement_text(), signed, False, PRINCIPAL, NOW)
    assert refusal.value.code == "cannot_do.text_changed"


def test_a_signature_for_another_order_does_not_hold() -> None:
    first, second = working(matter()), working(matter())
    assert canonical(first, statement_text()) == canonical(second, statement_text())
    other_number = canonical(first.moved(first.state, order_no="汴纪监窗交〔2026〕46号"), statement_text())
    assert text_hash(other_number) != text_hash(canonical(second, statement_text()))


def test_an_order_not_acknowledged_takes_no_statement() -> None:
    order = delivered(matter())
    with pytest.raises(IllegalTransition):
        file(order, unit(), statement_text(), "", False, PRINCIPAL, NOW)


def test_upholding_needs_a_comparison() -> None:
    of = matter()
    order, statement = filed(of)
    with pytest.raises(Refused) as refusal:
        decide(order, statement, StatementDecision.UPHOLD, None, "", LEADER, NOW)
    assert refusal.value.code == "cannot_do.no_comparison"
    looked_at = comparison(of)
    upheld, decided, [event] = decide(order, statement, StatementDecision.UPHOLD, looked_at, "", LEADER, NOW)
    assert isinstance(event, CannotDoUpheld)
    assert (upheld.state, upheld.settlement) == (OrderState.CLOSED, Settlement.CANNOT)
    assert decided.decision is not None
    assert decided.decision.comparison_id == looked_at.id


def test_rejecting_needs_a_reason_and_ends_the_order() -> None:
    order, statement = filed(matter())
    with pytest.raises(Refused) as refusal:
        decide(order, statement, StatementDecision.REJECT, None, "", LEADER, NOW)
    assert refusal.value.code == "cannot_do.no_reason"
    rejected, _, _ = decide(order, statement, StatementDecision.REJECT, None, "条文不适用于本件", LEADER, NOW)
    assert (rejected.state, rejected.settlement) == (OrderState.REJECTED, None)


def test_a_statement_is_decided_once() -> None:
    of = matter()
    order, statement = filed(of)
    upheld, decided, _ = decide(order, statement, StatementDecision.UPHOLD, comparison(of), "", LEADER, NOW)
    with pytest.raises(IllegalTransition):
        decide(upheld, decided, StatementDecision.REJECT, None, "改判", LEADER, NOW)
