"""Import of the unit directory: good lines go in, each refused one says why."""

from collections.abc import Mapping, Sequence
from datetime import date

from services.referral import access
from services.referral.domain.directory import Entry, Line, LineResult, compare_line, entered, misplaced
from services.referral.domain.units import Unit
from services.referral.store import units
from shared.contracts.actor import Actor
from shared.contracts.errors import DomainError, Refused
from shared.rights import oversees
from shared.store.unit_of_work import Transaction

Read = tuple[int, Entry | Line]
Report = dict[int, Line]


async def import_units(tx: Transaction, given: Sequence[Read], dry_run: bool) -> list[Line]:
    """Take in the lines that stand and tell what became of each; `dry_run` only tells."""
    access.keeps_the_directory(tx.actor)
    await units.lock(tx)
    report = {row: read for row, read in given if isinstance(read, Line)}
    entries = {row: read for row, read in given if isinstance(read, Entry)}
    directory = await units.named(tx, {entry.unit.id for entry in entries.values()})
    placed = await _placed(tx, _entered(tx.actor, entries, directory, tx.now.date(), report), report)
    changed = []
    for row, unit in placed.items():
        result = compare_line(unit, directory.get(unit.id))
        report[row] = Line(row, unit.id, result)
        if result is not LineResult.SAME:
            changed.append(unit)
    if changed and not dry_run:
        await units.save(tx, changed)
        tx.publish(*(unit.registered() for unit in sorted(changed, key=lambda unit: unit.id)))
    return [report[row] for row in sorted(report)]


def _entered(
    actor: Actor, entries: Mapping[int, Entry], directory: Mapping[str, Unit], today: date, report: Report
) -> dict[int, Unit]:
    """The units as the lines that stand by themselves make them; the others go into the report."""
    made: dict[int, Unit] = {}
    there: set[str] = set()
    for row, entry in entries.items():
        unit_id = entry.unit.id
        try:
            if unit_id in there:
                raise Refused("unit.twice", "同一单位在文件中出现两次")
            _require_own(actor, entry.unit, directory.get(unit_id))
            made[row] = entered(entry, directory.get(unit_id), today)
            there.add(unit_id)
        except DomainError as refusal:
            report[row] = _refused(row, unit_id, refusal)
    return made


async def _placed(tx: Transaction, made: Mapping[int, Unit], report: Report) -> dict[int, Unit]:
    """Those that have their place among the others: successor and parent known, nobody above itself."""
    named = {other for unit in made.values() for other in (unit.id, unit.parent_id, unit.successor_id) if other}
    wrong = misplaced({unit.id: unit for unit in made.values()}, await units.parents(tx, named))
    for row, unit in made.items():
        if unit.id in wrong:
            report[row] = _refused(row, unit.id, wrong[unit.id])
    return {row: unit for row, unit in made.items() if unit.id not in wrong}


def _require_own(actor: Actor, unit: Unit, found: Unit | None) -> None:
    """Refuse a line for another body, to take over one of another body, or to hand one to another body."""
    if not oversees(actor, unit.org_code):
        raise Refused("unit.foreign_org", "只能登记本级及所辖地区的单位")
    if found is None:
        return
    if not oversees(actor, found.org_code):
        raise Refused("unit.foreign_org", "该单位编码已由其他地区登记,请核对编码;只能登记本级及所辖地区的单位")
    if found.org_code != unit.org_code:
        raise Refused("unit.org_fixed", "已登记单位的所属地区不能更改,请核对单位编码;机构划转的请以新编码登记承接单位")


def _refused(row: int, unit_id: str, why: DomainError) -> Line:
    return Line(row, unit_id, LineResult.REFUSED, why.code, why.message)
