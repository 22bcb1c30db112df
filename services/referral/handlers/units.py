"""Import of the unit directory: good lines go in, each refused one says why."""

from collections.abc import Sequence

from services.referral import access
from services.referral.domain.units import Line, LineResult, Unit, check_line, compare_line, heirless
from services.referral.store import units
from shared.contracts.actor import Actor
from shared.contracts.errors import DomainError, Refused
from shared.rights import oversees
from shared.store.unit_of_work import Transaction

Read = tuple[int, Unit | Line]


async def import_units(tx: Transaction, given: Sequence[Read], dry_run: bool) -> list[Line]:
    """Take in the lines that stand and tell what became of each; `dry_run` only tells."""
    access.keeps_the_directory(tx.actor)
    report = {row: read for row, read in given if isinstance(read, Line)}
    good = _good(tx.actor, given, report)
    named = {unit.id for unit in good.values()}
    heirs = {unit.successor_id for unit in good.values() if unit.successor_id}
    lost = heirless({unit.id: unit for unit in good.values()}, await units.known(tx, heirs))
    directory = await units.locked(tx, named)
    changed = []
    for row, unit in good.items():
        found = directory.get(unit.id)
        try:
            if unit.id in lost:
                raise Refused("unit.successor_unknown", "承接单位不在名录中,请先登记或一并导入承接单位")
            _require_own(tx.actor, unit, found)
        except Refused as refusal:
            report[row] = _refused(row, unit, refusal.code, refusal.message)
            continue
        result = compare_line(unit, found)
        report[row] = Line(row, unit.id, result)
        if result is not LineResult.SAME:
            changed.append(unit)
    if not dry_run:
        await units.save(tx, changed)
        tx.publish(*(unit.registered() for unit in sorted(changed, key=lambda unit: unit.id)))
    return [report[row] for row in sorted(report)]


def _good(actor: Actor, given: Sequence[Read], report: dict[int, Line]) -> dict[int, Unit]:
    """The lines that stand by themselves; the others go into the report."""
    good: dict[int, Unit] = {}
    named: set[str] = set()
    for row, read in given:
        if isinstance(read, Line):
            continue
        try:
            if read.id in named:
                raise Refused("unit.twice", "同一单位在文件中出现两次")
            if not oversees(actor, read.org_code):
                raise Refused("unit.foreign_org", "只能登记本级及所辖地区的单位")
            check_line(read)
        except DomainError as refusal:
            report[row] = _refused(row, read, refusal.code, refusal.message)
            continue
        named.add(read.id)
        good[row] = read
    return good


def _require_own(actor: Actor, unit: Unit, found: Unit | None) -> None:
    """Refuse to take over a line of another body, or to hand one to another body."""
    if found is None:
        return
    if not oversees(actor, found.org_code):
        raise Refused("unit.foreign_org", "该单位编码已由其他地区登记,请核对编码;只能登记本级及所辖地区的单位")
    if found.org_code != unit.org_code:
        raise Refused("unit.org_fixed", "已登记单位的所属地区不能更改,请核对单位编码;机构划转的请以新编码登记承接单位")


def _refused(row: int, unit: Unit, code: str, message: str) -> Line:
    return Line(row, unit.id, LineResult.REFUSED, code, message)
