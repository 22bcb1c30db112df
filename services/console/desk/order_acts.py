"""Every act on an order, the unit's and the window's, by the last part of its address."""

from collections.abc import Mapping
from uuid import UUID

from services.console.desk.act import Act, Order
from services.console.desk.fields import Values
from services.console.desk.statement import STATEMENT_ACTS
from services.console.desk.unit_acts import UNIT_ACTS
from services.console.desk.window_acts import WINDOW_ACTS
from shared.contracts.actor import Actor

ORDER_ACTS: Mapping[str, Act] = {**UNIT_ACTS, **STATEMENT_ACTS, **WINDOW_ACTS}


def acts_on(actor: Actor, order: Order) -> dict[str, str]:
    """What this person may do with an order now, by address, with its title."""
    return {act: each.form.title for act, each in ORDER_ACTS.items() if each.is_offered(actor, order)}


def unread(order_id: UUID, values: Values) -> Order:
    """In place of an order that cannot be read now: enough to show a form again with all that was entered."""
    rows = {name.split(".")[1] for name in values if name.startswith("requirements.")}
    contact = {"kind": "ASKED", "what": "", "done_at": None}
    chosen = {"EVIDENCE": values.get("files", ()), "SIGNATURE": values.get("signature_file_id", ())}
    files = [(purpose, file_id) for purpose, ids in chosen.items() for file_id in ids if file_id]
    return {
        "order_id": str(order_id), "register_no": None, "order_no": None, "title": "", "unit_id": "", "unit_name": "",
        "limit": "", "draft": None, "marks": [], "confirmed": values.get("confirmed", ()), "extensions": [],
        "group_size": 1 if any(name.startswith("of.") for name in values) else None, "requirements": [None] * len(rows),
        "contacts": [contact | {"id": each} for each in values.get("contact_id", ())],
        "files": [{"file_id": id, "purpose": purpose, "name": "", "is_erased": False} for purpose, id in files],
        "comparisons": [
            {"comparison_id": each, "needed": False, "reason": ""} for each in values.get("comparison_id", ()) if each
        ],
    }  # fmt: skip
