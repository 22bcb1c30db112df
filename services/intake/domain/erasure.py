"""删除: what a person said and is called is destroyed; number, codes and dates stay (个人信息保护法 47)."""

from dataclasses import replace
from datetime import datetime

from services.intake.domain.matter import Matter, Moved
from services.intake.domain.transitions import FINAL
from shared.contracts.codes import ErasureGround
from shared.contracts.errors import Conflict, Refused
from shared.contracts.intake import ReporterErased


def erase(matter: Matter, erased_at: datetime | None, ground: ErasureGround, by: str, now: datetime) -> Moved:
    """Only after the end: until then the window must know whom it works for. Nobody is called back afterwards."""
    if erased_at is not None:
        raise Conflict("erasure.done", "该事项的反映人信息已删除")
    if matter.state not in FINAL:
        raise Refused("erasure.open", "事项尚未办结,不能删除反映人信息;反映人不再需要办理的,请先办理撤回")
    told = ReporterErased(**matter.ref, ground=ground, erased_by=by, erased_at=now)
    return replace(matter, sample=None, version=matter.version + 1), [told]
