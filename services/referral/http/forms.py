"""Requests on orders and statements, and their translation into values of the domain."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from services.referral.domain.answers import Answer, BeneficiaryResult, Evidence
from services.referral.domain.notices import Material, MaterialForm, Procedure
from services.referral.domain.orders import Extract, Requirement, ReviewDecision
from services.referral.domain.statements import Basis, Conclusion, StatementDecision, StatementText
from services.referral.http.fields import Line, Paragraph, Receipt, Rule, Sha256, Text, Title
from shared.contracts.codes import AnswerResult, BasisLevel, CopyTo
from shared.store.unit_of_work import Transaction
from shared.web import Body


class RequirementIn(Body):
    what: Annotated[Paragraph, Field(min_length=1)]
    evidence: Paragraph = ""
    due_rule: Rule | None = None
    due: date | None = None


class ExtractIn(Body):
    """A draft's extract; may be saved incomplete, signing is stricter."""

    title: Title = ""
    facts_extract: Text = ""
    demand: Paragraph = ""
    requirements: Annotated[tuple[RequirementIn, ...], Field(max_length=20)] = ()
    text_check_receipt: Receipt | None = None
    copies_to: tuple[CopyTo, ...] = ()
    confirmed: Annotated[tuple[Line, ...], Field(max_length=50)] = ()

    def extract(self) -> Extract:
        wanted = tuple(Requirement(one.what, one.evidence, one.due_rule, one.due) for one in self.requirements)
        parts = self.title, self.facts_extract, self.demand, wanted
        return Extract(*parts, self.text_check_receipt, tuple(dict.fromkeys(self.copies_to)), self.confirmed)


class SignatureIn(Body):
    """签发; with the extract as the leader has it on the screen, it is saved and signed in one act."""

    extract: ExtractIn | None = None


class OpenedIn(Body):
    """An order as the leader has read it."""

    order_id: UUID
    version: Annotated[int, Field(ge=1)]


class SignaturesIn(Body):
    """签发 of several in one go, each at the version that was opened."""

    orders: Annotated[tuple[OpenedIn, ...], Field(min_length=1, max_length=50)]


class Nothing(Body):
    """No more than the act itself."""


class EvidenceIn(Body):
    """A file of the order by its id, or the name and hash of a paper that the unit keeps itself."""

    name: Annotated[Line, Field(min_length=1)] | None = None
    sha256: Sha256 | None = None
    file_id: UUID | None = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> "EvidenceIn":
        if self.file_id is None and (self.name is None or self.sha256 is None):
            raise ValueError("请选择已上传的文件,或填写自存材料的名称和SHA-256")
        return self

    def evidence(self) -> Evidence:
        return Evidence(self.name or "", self.sha256 or "", self.file_id)


class BeneficiaryIn(Body):
    label: Annotated[str, Field(pattern=r"^B\d{2,5}$")]
    result: AnswerResult


class AnswerIn(Body):
    process: Annotated[Text, Field(min_length=1)]
    result: AnswerResult
    evidence: Annotated[tuple[EvidenceIn, ...], Field(max_length=50)] = ()
    handler: Annotated[Line, Field(min_length=1)]
    approved_by: Annotated[Line, Field(min_length=1)]
    cause_view: Paragraph = ""
    beneficiaries: Annotated[tuple[BeneficiaryIn, ...], Field(max_length=10_000)] = ()

    def answer(self, tx: Transaction) -> Answer:
        return Answer(
            process=self.process,
            result=self.result,
            evidence=tuple(one.evidence() for one in self.evidence),
            handler=self.handler,
            approved_by=self.approved_by,
            by=tx.actor.id,
            at=tx.now,
            cause_view=self.cause_view,
            beneficiaries=tuple(BeneficiaryResult(one.label, one.result) for one in self.beneficiaries),
        )


class ReviewIn(Body):
    decision: ReviewDecision
    note: Paragraph = ""


class MaterialIn(Body):
    name: Annotated[Line, Field(min_length=1)]
    basis: Annotated[Line, Field(min_length=1)]
    form: MaterialForm
    copies: Annotated[int, Field(ge=1, le=99)] = 1
    issuer: Line = ""


class NoticeIn(Body):
    """一次性告知: all materials, and how it is gone about (handbook 6.10)."""

    materials: Annotated[tuple[MaterialIn, ...], Field(max_length=100)] = ()
    conditions: Paragraph = ""
    flow: Paragraph = ""
    duration: Line = ""
    fee: Line = ""
    place: Line = ""
    contact: Line = ""

    def list(self) -> tuple[Material, ...]:
        return tuple(Material(one.name, one.basis, one.form, one.copies, one.issuer) for one in self.materials)

    def procedure(self) -> Procedure:
        return Procedure(self.conditions, self.flow, self.duration, self.fee, self.place, self.contact)


class BasisIn(Body):
    """One provision; blanks are named by the domain all at once, not by the form one by one."""

    level: BasisLevel
    title: Line = ""
    number: Line = ""
    article: Line = ""
    quotation: Paragraph = ""
    issued_by: Line = ""
    effective_on: date | None = None
    repealed_on: date | None = None
    policy_id: UUID | None = None


class StatementTextIn(Body):
    conclusion: Conclusion
    basis: Annotated[tuple[BasisIn, ...], Field(max_length=30)] = ()
    facts_vs_basis: Text = ""
    reasons: Text = ""
    alternatives: Text = ""
    remedy: Text = ""
    counsellor: Line = ""

    def text(self) -> StatementText:
        return StatementText(
            conclusion=self.conclusion,
            basis=tuple(Basis(**dict(one)) for one in self.basis),
            facts_vs_basis=self.facts_vs_basis,
            reasons=self.reasons,
            alternatives=self.alternatives,
            remedy=self.remedy,
            counsellor=self.counsellor,
        )


class StatementIn(StatementTextIn):
    """`text_sha256`: what the principal signed, as the preview gave it; by hand, the uploaded signature."""

    text_sha256: Sha256
    signature_file_id: UUID | None = None


class SigningIn(Body):
    """签字背书 of the draft: the hash that was signed, and when by hand where it was not now."""

    text_sha256: Sha256
    signed_at: AwareDatetime | None = None
    signature_file_id: UUID | None = None


class DecisionIn(Body):
    """`watch`: the matter comes back when a document of the library that the statement cites changes."""

    decision: StatementDecision
    comparison_id: UUID | None = None
    note: Paragraph = ""
    watch: bool = False
