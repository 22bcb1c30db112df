"""受理范围: what the window does not take, what the reporter is told then, and where they are sent (handbook 6.8).

A complaint about how staff behaved in a service matter is taken; only the accusation in it goes elsewhere (N3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.contracts.codes import AlreadyIn
from shared.contracts.codes import NotAcceptedReason as N


@dataclass(frozen=True, slots=True)
class Guidance:
    """告知: the sentence for the reporter and the place to go."""

    told: str
    place: str


GUIDANCE: Mapping[N, Guidance] = {
    N.N1: Guidance(
        "您反映的事项已进入或应当通过诉讼程序解决,本窗口不能介入司法活动。", "人民法院诉讼服务中心、人民检察院"
    ),
    N.N2: Guidance("您反映的事项已在信访程序中办理,为避免重复处理,请按信访程序跟进。", "正在办理的信访部门"),
    N.N3: Guidance(
        "对党员、公职人员的检举控告由专门渠道受理并依法保密;您反映的办事问题本窗口照常受理。",
        "12388举报电话、纪委监委信访室",
    ),
    N.N4: Guidance("您反映的是平等主体之间的民事纠纷,请通过调解、仲裁或者诉讼解决。", "人民调解委员会、人民法院"),
    N.N5: Guidance(
        "您反映的事项依法应当申请行政复议、仲裁或者劳动监察,请留意法定期限。",
        "行政复议机构、仲裁委员会、劳动保障监察机构",
    ),
    N.N6: Guidance("情况紧急的请立即拨打报警、火警、急救电话。", "110、119、120、122"),
    N.N7: Guidance("获取政府信息请提出政府信息公开申请。", "有关行政机关的政府信息公开机构"),
    N.N8: Guidance("您还没有提出办理申请,工作人员会带您到窗口咨询、帮您代办。", "本大厅导办帮办代办窗口"),
    N.N9: Guidance("您反映的事项由其他地方办理,请到当地的窗口反映。", "事项所在地的“办不成事”监督窗口"),
    N.N10: Guidance("您反映的事项已经依法作出终结性处理,没有新的事实和理由的不再受理。", "作出终结决定的机关"),
    N.N11: Guidance("您反映的内容涉及秘密或者违背公序良俗,本窗口不能受理。", "有权处理的机关"),
    N.N12: Guidance("您反映的事项已经登记在办,我们把两次反映并为一件办理。", "原受理窗口"),
}

# What another way already taken speaks for; a hotline's order does not shut the window.
_SPEAKS_FOR: Mapping[AlreadyIn, N] = {AlreadyIn.LITIGATION: N.N1, AlreadyIn.PETITION: N.N2, AlreadyIn.REVIEW: N.N5}


def hints(already_in: Iterable[AlreadyIn]) -> list[N]:
    """The reasons to look at before the matter is accepted (handbook 6.1, `already_in`); people decide."""
    return sorted({_SPEAKS_FOR[way] for way in already_in if way in _SPEAKS_FOR})
