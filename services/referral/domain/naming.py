"""Names with titles and badge numbers in a text for a unit: the leader confirms each before it goes out (8.18)."""

import re
from collections.abc import Iterable

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦马苗方俞任袁柳史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝安常乐于时傅齐康伍余元顾孟黄穆萧尹姚邵汪祁毛狄米贝臧戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝"
    "闵席季麻贾路江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万管卢莫房解应宗丁宣邓洪包左石崔吉龚程裴陆荣翁甄曲段侯全班"
    "宁仇甘武刘龙叶白蒲温庄晏柴阎艾容向古易廖终耿满文寇欧聂曾关游权"
)
_COMPOUND = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒"
_TITLES = (
    "副?局长|副?科长|副?主任|副?处长|副?所长|副?股长|副?书记|副?院长|副?队长|副?站长|副?县长|副?区长|副?镇长|副?乡长"
    "|副?经理|主管|科员|办事员|负责人"
)
_NAMED = re.compile(rf"(?:{_COMPOUND}|[{_SURNAMES}])[\u4e00-\u9fff]{{0,2}}?(?:{_TITLES})")
_BADGE = re.compile(r"(?:工号|警号|胸牌号?|执法证号?)\s*[::]?\s*[A-Za-z]{0,3}\d{2,}")


def marks(texts: Iterable[str]) -> list[str]:
    """What looks like somebody, each once, in the order of the texts."""
    found = (hit.group() for text in texts for pattern in (_NAMED, _BADGE) for hit in pattern.finditer(text))
    return list(dict.fromkeys(found))
