"""Never a false red: an answer in time, however late it arrives, and not before everybody was heard."""

import asyncio
from typing import Any

from bancheng.demo.acts import Judgement, Matter
from bancheng.demo.identities import CITY
from bancheng.demo.orders import Order, draft_for
from bancheng.demo.player import Player
from bancheng.demo.stage import Cue, Stage
from shared.contracts.codes import HandlingPolicy, Kind, RootCause
from tests.faults.plant import START, Plant, running_plant
from tests.unit.deadlines_story import at

UNIT, RULE = "410200-U03", "D11"
JUDGEMENT = Judgement(
    Kind.REFUSED,
    HandlingPolicy.AT_ONCE,
    RootCause.STYLE,
    "窗口核实:材料齐全,应当受理而未受理。",
    units=(UNIT,),
    rule=RULE,
)


async def test_an_answer_at_16_50_is_no_red_though_the_broker_was_dead_before_and_long_after() -> None:
    async with running_plant() as plant, Player(plant.stack) as player:
        assert plant.stack.clock
        plant.stack.clock.set(START)
        cue = Cue("答复在先", Stage(plant.authority))
        orders = list[Order]()
        await cue.stage.play([(cue, lambda cue: _until_answered(cue, player, plant, orders))])
        [clock] = await _clocks(plant)
        assert (clock["due_at"], clock["stopped_at"]) == (at("09-29 17:00"), None)

        await plant.authority.advance(at("10-10 10:00"), settle=False)  # red would have come the day before
        await asyncio.sleep(2)
        assert await plant.unsent("referral") > 0
        assert await _lights(plant) == set()
        found = await player.get(f"duty_leader-1@{CITY}", "deadlines", "/deadlines", order=orders[0].id)
        [shown] = [each for each in found["items"] if each["rule"] == RULE]
        assert shown["unconfirmed"]
        assert shown["level"] in (None, "BLUE")

        await plant.stack.resume("kafka")
        await plant.settle()
        [clock] = await _clocks(plant)
        assert clock["stopped_at"] == at("09-29 16:50")
        assert await _lights(plant) == set()


async def _until_answered(cue: Cue, player: Player, plant: Plant, orders: list[Order]) -> None:
    matter = Matter(cue, player, CITY)
    await matter.register({"kind": "PERSON", "name": "贾某", "phone": "13800000011"}, "申请不予受理",
                          facts="材料齐全,窗口不收。", demand="请受理。")  # fmt: skip
    await matter.accept()
    await matter.propose(JUDGEMENT)
    await matter.approve(UNIT, rule=RULE)
    order = await draft_for(matter, UNIT)
    await order.write_extract(
        "申请不予受理", "材料齐全,窗口不收。", "请受理。", {"what": "受理", "evidence": "受理凭证"}
    )
    await order.sign()
    await order.acknowledge()
    await cue.at("09-29 16:50")
    await plant.stack.halt("kafka")
    await order.answer("已受理。", "受理凭证")
    orders.append(order)


async def _clocks(plant: Plant) -> list[Any]:
    return await plant.query("deadlines", "SELECT * FROM deadline WHERE rule = $1", RULE)


async def _lights(plant: Plant) -> set[str]:
    """The lights ever told on the order's own clock, but for the warning before it is due."""
    rows = await plant.query(
        "deadlines",
        "SELECT convert_from(payload, 'utf8')::jsonb AS told FROM outbox WHERE type LIKE 'bancheng.supervision.%'",
    )
    told = [row["told"] if isinstance(row["told"], str) else str(row["told"]) for row in rows]
    return {each for each in told if f'"rule": "{RULE}"' in each and '"BLUE"' not in each}
