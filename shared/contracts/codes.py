"""The codes of the product with their Chinese labels (handbook, codes.json): one place for every code list."""

from enum import StrEnum


class Kind(StrEnum):
    """三类事: why the thing cannot get done."""

    REFUSED = "REFUSED"
    HARD = "HARD"
    CANNOT = "CANNOT"


class HandlingPolicy(StrEnum):
    """四策: how it is to be handled."""

    AT_ONCE = "AT_ONCE"
    PUSH = "PUSH"
    ORDERED = "ORDERED"
    SUPERVISED = "SUPERVISED"


class RootCause(StrEnum):
    """四因: the principal cause behind it."""

    STYLE = "STYLE"
    POLICY_UNCLEAR = "POLICY_UNCLEAR"
    DUTY_UNCLEAR = "DUTY_UNCLEAR"
    FLOW_POOR = "FLOW_POOR"


class SubReason(StrEnum):
    """具体情形: what exactly stood in the way."""

    POLICY_BARRIER = "POLICY_BARRIER"
    MULTI_DEPT = "MULTI_DEPT"
    MISSING_MATERIAL = "MISSING_MATERIAL"
    ATTITUDE = "ATTITUDE"
    NO_ONE_TIME_NOTICE = "NO_ONE_TIME_NOTICE"
    SYSTEM_DATA = "SYSTEM_DATA"
    HISTORICAL = "HISTORICAL"
    SHIRKING = "SHIRKING"
    NOT_ACTING = "NOT_ACTING"
    OVERTIME = "OVERTIME"
    ADDED_CONDITION = "ADDED_CONDITION"


class Channel(StrEnum):
    """反映渠道: where the matter came from."""

    WALK_IN = "WALK_IN"
    VISIT = "VISIT"
    RATING = "RATING"
    SELF_FOUND = "SELF_FOUND"
    ZONE = "ZONE"
    H12345 = "H12345"
    GOODBAD = "GOODBAD"
    PHONE = "PHONE"
    ONLINE = "ONLINE"
    LETTER = "LETTER"
    LEADER = "LEADER"


class MatterState(StrEnum):
    """事项状态 (handbook 3.2)."""

    PENDING_INTAKE = "PENDING_INTAKE"
    REGISTERED = "REGISTERED"
    NOT_ACCEPTED = "NOT_ACCEPTED"
    ACCEPTED = "ACCEPTED"
    TRIAGED = "TRIAGED"
    HANDLING = "HANDLING"
    COORDINATING = "COORDINATING"
    SUSPENDED = "SUSPENDED"
    RESULT_REVIEW = "RESULT_REVIEW"
    CANNOT_REVIEW = "CANNOT_REVIEW"
    FEEDBACK = "FEEDBACK"
    CALLBACK = "CALLBACK"
    REWORK = "REWORK"
    CLOSED = "CLOSED"
    ARCHIVED = "ARCHIVED"
    MERGED = "MERGED"
    WITHDRAWN = "WITHDRAWN"
    TRANSFERRED = "TRANSFERRED"


class Outcome(StrEnum):
    """办理结果."""

    ON_THE_SPOT = "ON_THE_SPOT"
    DONE = "DONE"
    CANNOT_EXPLAINED = "CANNOT_EXPLAINED"
    PARTLY = "PARTLY"
    GUIDED = "GUIDED"
    NOT_ACCEPTED = "NOT_ACCEPTED"
    MERGED = "MERGED"
    WITHDRAWN = "WITHDRAWN"
    POLICY_WATCH = "POLICY_WATCH"
    TRANSFERRED = "TRANSFERRED"


class AssessmentState(StrEnum):
    """研判单状态."""

    OPEN = "OPEN"
    PROPOSED = "PROPOSED"
    RETURNED = "RETURNED"
    APPROVED = "APPROVED"
    CLOSED = "CLOSED"


class OrderState(StrEnum):
    """交办单状态 (handbook 3.3)."""

    DRAFT = "DRAFT"
    SIGNED = "SIGNED"
    DELIVERED = "DELIVERED"
    ACKED = "ACKED"
    OBJECTED = "OBJECTED"
    WORKING = "WORKING"
    EXT_ASKED = "EXT_ASKED"
    ANSWERED = "ANSWERED"
    CANNOT_FILED = "CANNOT_FILED"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"
    CLOSED = "CLOSED"
    VOIDED = "VOIDED"
    REASSIGNED = "REASSIGNED"
    SUSPENDED = "SUSPENDED"
    REJECTED = "REJECTED"


class Complexity(StrEnum):
    """难易程度."""

    C = "C"
    B = "B"
    A = "A"


class Escalation(StrEnum):
    """督办等级."""

    REMIND = "REMIND"
    BLUE = "BLUE"
    YELLOW = "YELLOW"
    RED = "RED"
    RAISED = "RAISED"
    LISTED = "LISTED"


class Satisfaction(StrEnum):
    """满意度."""

    VERY_SATISFIED = "5"
    SATISFIED = "4"
    BASICALLY_SATISFIED = "3"
    DISSATISFIED = "2"
    VERY_DISSATISFIED = "1"


class Disclosure(StrEnum):
    """是否同意向承办单位公开身份."""

    AGREE = "AGREE"
    MASK = "MASK"
    ANONYMOUS = "ANONYMOUS"


class NotAcceptedReason(StrEnum):
    """不予受理原因."""

    N1 = "N1"
    N2 = "N2"
    N3 = "N3"
    N4 = "N4"
    N5 = "N5"
    N6 = "N6"
    N7 = "N7"
    N8 = "N8"
    N9 = "N9"
    N10 = "N10"
    N11 = "N11"
    N12 = "N12"


class SuspendReason(StrEnum):
    """中止计时原因 (handbook 5.4)."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"
    S5 = "S5"
    S6 = "S6"


class ObjectionReason(StrEnum):
    """退单异议理由 (handbook 6.8)."""

    O1 = "O1"
    O2 = "O2"
    O3 = "O3"
    O4 = "O4"


class ExtensionReason(StrEnum):
    """延期理由 (handbook 6.8)."""

    E1 = "E1"
    E2 = "E2"
    E3 = "E3"
    E4 = "E4"


class CopyTo(StrEnum):
    """抄送: who gets a copy of an order (handbook 6.3)."""

    STATIONED_GROUP = "STATIONED_GROUP"
    SUPERVISION_OFFICE = "SUPERVISION_OFFICE"
    HALL = "HALL"
    COUNTY_WINDOW = "COUNTY_WINDOW"


class ReporterKind(StrEnum):
    """反映人类别."""

    PERSON = "PERSON"
    ENTERPRISE = "ENTERPRISE"
    GROUP = "GROUP"
    UNIT = "UNIT"


class UnitRole(StrEnum):
    """主办 or 协办."""

    MAIN = "MAIN"
    CO = "CO"


class WindowLevel(StrEnum):
    """层级 of the window's owner."""

    CITY = "CITY"
    COUNTY = "COUNTY"
    ZONE = "ZONE"


class AnswerResult(StrEnum):
    """办理结果 a unit claims in its answer (handbook 6.3)."""

    SOLVED = "SOLVED"
    PARTLY = "PARTLY"
    NOT_SOLVED = "NOT_SOLVED"


class AcceptMode(StrEnum):
    """受理方式: decided by staff, or deemed accepted after D02."""

    MANUAL = "MANUAL"
    DEEMED = "DEEMED"


class MeetingKind(StrEnum):
    """协调会, 现场会诊 or 会审会商."""

    COORDINATION = "COORDINATION"
    ON_SITE = "ON_SITE"
    CONSULTATION = "CONSULTATION"


class FeedbackWay(StrEnum):
    """反馈方式."""

    FACE_TO_FACE = "FACE_TO_FACE"
    PHONE = "PHONE"
    SMS = "SMS"
    WRITTEN = "WRITTEN"


class CallbackResult(StrEnum):
    """回访接通情况 (handbook 6.5)."""

    REACHED = "REACHED"
    NO_ANSWER = "NO_ANSWER"
    SWITCHED_OFF = "SWITCHED_OFF"
    DECLINED = "DECLINED"
    NOT_THE_PERSON = "NOT_THE_PERSON"
    INVALID_NUMBER = "INVALID_NUMBER"


class Solved(StrEnum):
    """回访核实是否解决."""

    SOLVED = "SOLVED"
    PARTLY = "PARTLY"
    NOT_SOLVED = "NOT_SOLVED"


class UnsatisfiedReason(StrEnum):
    """不满意原因 U1–U7 (handbook 6.8)."""

    U1 = "U1"
    U2 = "U2"
    U3 = "U3"
    U4 = "U4"
    U5 = "U5"
    U6 = "U6"
    U7 = "U7"


class ProposalKind(StrEnum):
    """提请带班领导决定的事: what staff may not decide alone."""

    REFUSAL = "REFUSAL"
    MERGER = "MERGER"
    REWORK = "REWORK"


class SubstitutionReason(StrEnum):
    """替班原因."""

    ILLNESS = "ILLNESS"
    LEAVE = "LEAVE"
    BUSINESS = "BUSINESS"
    RECUSAL = "RECUSAL"
    TRANSFERRED = "TRANSFERRED"
    OTHER = "OTHER"


class TransferTo(StrEnum):
    """转往渠道: who takes a matter over that is not the window's (T25)."""

    H12345 = "H12345"
    PETITION = "PETITION"
    JUSTICE = "JUSTICE"
    REPORTING = "REPORTING"
    OTHER_CITY = "OTHER_CITY"


class ReopenReason(StrEnum):
    """复开原因 (T22, T26)."""

    NEW_FACT = "NEW_FACT"
    SAME_AGAIN = "SAME_AGAIN"
    DISSATISFIED = "DISSATISFIED"
    POLICY_CHANGED = "POLICY_CHANGED"


class ErasureGround(StrEnum):
    """删除理由: why what a person said and is called is destroyed (个人信息保护法 47)."""

    REQUEST = "REQUEST"
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"
    RETENTION_OVER = "RETENTION_OVER"
    UNLAWFUL = "UNLAWFUL"


class Danger(StrEnum):
    """紧急情况: what a report hints at that cannot wait (handbook 8, 44)."""

    SELF_HARM = "SELF_HARM"
    FIRE = "FIRE"
    VIOLENCE = "VIOLENCE"
    MEDICAL = "MEDICAL"


class Urgency(StrEnum):
    """紧急程度."""

    NORMAL = "NORMAL"
    URGENT = "URGENT"


class IdType(StrEnum):
    """证件类型."""

    ID_CARD = "ID_CARD"  # 居民身份证, GB 11643
    USCC = "USCC"  # 统一社会信用代码, GB 32100
    OTHER = "OTHER"


class AlreadyIn(StrEnum):
    """已走的其他程序; drives the check whether the matter can be accepted."""

    LITIGATION = "LITIGATION"
    REVIEW = "REVIEW"
    PETITION = "PETITION"
    H12345 = "H12345"


class Vulnerable(StrEnum):
    """特殊群体, who are helped and accompanied."""

    ELDERLY = "ELDERLY"
    DISABLED = "DISABLED"
    PREGNANT = "PREGNANT"
    SOLDIER = "SOLDIER"
    LANGUAGE = "LANGUAGE"


class ConfirmMode(StrEnum):
    """反映人确认方式."""

    SIGN_PAD = "SIGN_PAD"
    PAPER_SCAN = "PAPER_SCAN"
    SMS_CODE = "SMS_CODE"
    ORAL_READBACK = "ORAL_READBACK"


class FileFormat(StrEnum):
    """文件格式: what is taken of files that people hand in."""

    PDF = "PDF"
    JPG = "JPG"
    PNG = "PNG"
    OFD = "OFD"
    DOCX = "DOCX"


class PaperForm(StrEnum):
    """原件 or 复印件: what of a paper was handed in."""

    ORIGINAL = "ORIGINAL"
    COPY = "COPY"


class Purpose(StrEnum):
    """查看目的: why somebody opens identity or content."""

    HANDLING = "HANDLING"
    APPROVAL = "APPROVAL"
    REVIEW = "REVIEW"
    FEEDBACK = "FEEDBACK"
    CALLBACK = "CALLBACK"
    INSPECTION = "INSPECTION"


class BasisLevel(StrEnum):
    """Rank of a document (handbook 6.4); INTERNAL may be named beside a law but carries nothing by itself."""

    LAW = "LAW"
    ADMIN_REGULATION = "ADMIN_REGULATION"
    LOCAL_REGULATION = "LOCAL_REGULATION"
    RULE = "RULE"
    NORMATIVE = "NORMATIVE"
    SUPERIOR_REPLY = "SUPERIOR_REPLY"
    INTERNAL = "INTERNAL"


class RecusalGround(StrEnum):
    """回避事由: kinship or interest, with the reporter or with a unit."""

    KIN_OF_REPORTER = "KIN_OF_REPORTER"
    INTEREST_WITH_REPORTER = "INTEREST_WITH_REPORTER"
    KIN_IN_UNIT = "KIN_IN_UNIT"
    INTEREST_WITH_UNIT = "INTEREST_WITH_UNIT"


class DuplicateCheck(StrEnum):
    """查重结果 of a judgement (handbook 6.2)."""

    NONE_FOUND = "NONE_FOUND"
    SAME_REPORTER = "SAME_REPORTER"
    SAME_MATTER = "SAME_MATTER"


class Role(StrEnum):
    """Roles a token may carry (handbook 7)."""

    DUTY_STAFF = "duty_staff"
    DUTY_LEADER = "duty_leader"
    CALLBACK_OFFICER = "callback_officer"
    SUPERVISION_DEPT = "supervision_dept"
    COMMITTEE_LEADER = "committee_leader"
    UNIT_HANDLER = "unit_handler"
    UNIT_DEPUTY = "unit_deputy"
    UNIT_PRINCIPAL = "unit_principal"
    HALL_ADMIN = "hall_admin"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


# Chinese labels for screens and papers; the code is what is stored and published.
LABELS: dict[type[StrEnum], dict[str, str]] = {
    Kind: {
        "REFUSED": "不给办",
        "HARD": "很难办",
        "CANNOT": "办不了",
    },
    HandlingPolicy: {
        "AT_ONCE": "符合政策马上办",
        "PUSH": "疑难复杂推动办",
        "ORDERED": "推诿扯皮责成办",
        "SUPERVISED": "应办不办监督办",
    },
    BasisLevel: {
        "LAW": "法律",
        "ADMIN_REGULATION": "行政法规",
        "LOCAL_REGULATION": "地方性法规",
        "RULE": "规章",
        "NORMATIVE": "规范性文件",
        "SUPERIOR_REPLY": "上级批复",
        "INTERNAL": "内部规定",
    },
    RecusalGround: {
        "KIN_OF_REPORTER": "与反映人有亲属关系",
        "INTEREST_WITH_REPORTER": "与反映人有利害关系",
        "KIN_IN_UNIT": "在有关单位有亲属",
        "INTEREST_WITH_UNIT": "与有关单位有利害关系",
    },
    DuplicateCheck: {
        "NONE_FOUND": "未发现重复",
        "SAME_REPORTER": "同一反映人再次反映",
        "SAME_MATTER": "多人反映同一事项",
    },
    RootCause: {
        "STYLE": "作风不实",
        "POLICY_UNCLEAR": "政策不明",
        "DUTY_UNCLEAR": "职责不清",
        "FLOW_POOR": "流程不优",
    },
    SubReason: {
        "POLICY_BARRIER": "政策障碍",
        "MULTI_DEPT": "需多部门协调",
        "MISSING_MATERIAL": "缺失办理材料",
        "ATTITUDE": "态度冷漠",
        "NO_ONE_TIME_NOTICE": "一次性告知执行不到位",
        "SYSTEM_DATA": "系统数据问题",
        "HISTORICAL": "历史遗留",
        "SHIRKING": "推诿扯皮",
        "NOT_ACTING": "应办不办",
        "OVERTIME": "超时办理",
        "ADDED_CONDITION": "随意增加条件",
    },
    Channel: {
        "WALK_IN": "窗口来访",
        "VISIT": "入企访廉",
        "RATING": "你评我督",
        "SELF_FOUND": "监督发现",
        "ZONE": "有诉即办专区转来",
        "H12345": "12345热线",
        "GOODBAD": "政务服务好差评",
        "PHONE": "电话",
        "ONLINE": "线上",
        "LETTER": "来信",
        "LEADER": "领导交办",
    },
    MatterState: {
        "PENDING_INTAKE": "待登记",
        "REGISTERED": "已登记",
        "NOT_ACCEPTED": "不予受理",
        "ACCEPTED": "已受理待研判",
        "TRIAGED": "已研判待批转",
        "HANDLING": "办理中",
        "COORDINATING": "会商协调中",
        "SUSPENDED": "中止计时",
        "RESULT_REVIEW": "待审核",
        "CANNOT_REVIEW": "不能办审核",
        "FEEDBACK": "待反馈反映人",
        "CALLBACK": "待回访",
        "REWORK": "重办",
        "CLOSED": "办结销号",
        "ARCHIVED": "已归档",
        "MERGED": "并件",
        "WITHDRAWN": "反映人撤回",
        "TRANSFERRED": "转其他渠道",
    },
    Outcome: {
        "ON_THE_SPOT": "当场办结",
        "DONE": "办成",
        "CANNOT_EXPLAINED": "不能办已解释疏导",
        "PARTLY": "部分办成",
        "GUIDED": "引导其他渠道",
        "NOT_ACCEPTED": "不予受理",
        "MERGED": "并件",
        "WITHDRAWN": "撤回",
        "POLICY_WATCH": "待政策调整跟踪",
        "TRANSFERRED": "转其他渠道",
    },
    AssessmentState: {
        "OPEN": "待研判",
        "PROPOSED": "已研判待批转",
        "RETURNED": "已退回待重新研判",
        "APPROVED": "已批转",
        "CLOSED": "已随事项办结",
    },
    OrderState: {
        "DRAFT": "拟制",
        "SIGNED": "已签发",
        "DELIVERED": "已送达",
        "ACKED": "已签收",
        "OBJECTED": "退单异议",
        "WORKING": "办理中",
        "EXT_ASKED": "申请延期",
        "ANSWERED": "已反馈",
        "CANNOT_FILED": "已报不能办",
        "RETURNED": "退回重办",
        "ACCEPTED": "审核通过",
        "CLOSED": "销号",
        "VOIDED": "作废",
        "REASSIGNED": "改派",
        "SUSPENDED": "中止计时",
        "REJECTED": "说明不成立",
    },
    Complexity: {
        "C": "简单",
        "B": "跨部门",
        "A": "历史遗留/特别复杂",
    },
    Escalation: {
        "REMIND": "提醒",
        "BLUE": "蓝色提醒",
        "YELLOW": "黄色督办",
        "RED": "红色责成",
        "RAISED": "提级督办",
        "LISTED": "挂牌督办/问责研判",
    },
    Satisfaction: {
        "5": "非常满意",
        "4": "满意",
        "3": "基本满意",
        "2": "不满意",
        "1": "非常不满意",
    },
    Disclosure: {
        "AGREE": "同意公开身份",
        "MASK": "隐名交办",
        "ANONYMOUS": "匿名",
    },
    NotAcceptedReason: {
        "N1": "涉法涉诉",
        "N2": "已进入信访程序",
        "N3": "检举控告(转12388、信访室)",
        "N4": "民事纠纷",
        "N5": "应走复议、仲裁等程序",
        "N6": "紧急事项(110/119/120/122)",
        "N7": "政府信息公开",
        "N8": "一般咨询(转导办帮办代办)",
        "N9": "非本辖区",
        "N10": "已依法终结",
        "N11": "涉密或违背公序良俗",
        "N12": "重复(并件)",
    },
    SuspendReason: {
        "S1": "法定检测、测绘、评审、听证、公示",
        "S2": "等待反映人补充材料",
        "S3": "书面请示上级政策",
        "S4": "等待司法、复议、仲裁结论",
        "S5": "不可抗力或系统故障",
        "S6": "反映人要求暂缓",
    },
    CopyTo: {
        "STATIONED_GROUP": "派驻纪检监察组",
        "SUPERVISION_OFFICE": "监督检查室",
        "HALL": "政务服务和大数据管理局",
        "COUNTY_WINDOW": "县(区)监督窗口",
    },
    ObjectionReason: {
        "O1": "不属于本单位职责",
        "O2": "属于其他层级事权",
        "O3": "已办结且结论有效",
        "O4": "重复交办",
    },
    ExtensionReason: {
        "E1": "涉及其他单位",
        "E2": "需要外部数据",
        "E3": "工作量大",
        "E4": "等待决定日期",
    },
    ReporterKind: {
        "PERSON": "个人",
        "ENTERPRISE": "企业",
        "GROUP": "群体",
        "UNIT": "单位",
    },
    UnitRole: {
        "MAIN": "主办",
        "CO": "协办",
    },
    WindowLevel: {
        "CITY": "市级",
        "COUNTY": "县(区)级",
        "ZONE": "功能区",
    },
    AnswerResult: {
        "SOLVED": "已解决",
        "PARTLY": "部分解决",
        "NOT_SOLVED": "未解决",
    },
    AcceptMode: {
        "MANUAL": "人工受理",
        "DEEMED": "视为受理",
    },
    MeetingKind: {
        "COORDINATION": "协调会",
        "ON_SITE": "现场会诊",
        "CONSULTATION": "会审会商",
    },
    FeedbackWay: {
        "FACE_TO_FACE": "当面",
        "PHONE": "电话",
        "SMS": "短信",
        "WRITTEN": "书面",
    },
    CallbackResult: {
        "REACHED": "接通",
        "NO_ANSWER": "无人接听",
        "SWITCHED_OFF": "关机",
        "DECLINED": "拒访",
        "NOT_THE_PERSON": "非本人",
        "INVALID_NUMBER": "空号",
    },
    Solved: {
        "SOLVED": "已解决",
        "PARTLY": "部分解决",
        "NOT_SOLVED": "未解决",
    },
    UnsatisfiedReason: {
        "U1": "未解决",
        "U2": "太慢",
        "U3": "态度",
        "U4": "没有解释",
        "U5": "政策本身",
        "U6": "未联系",
        "U7": "其他",
    },
    ProposalKind: {
        "REFUSAL": "不予受理",
        "MERGER": "并件",
        "REWORK": "重办",
    },
    SubstitutionReason: {
        "ILLNESS": "患病",
        "LEAVE": "请假",
        "BUSINESS": "公务外出",
        "RECUSAL": "回避",
        "TRANSFERRED": "工作调动",
        "OTHER": "其他原因",
    },
    TransferTo: {
        "H12345": "12345热线",
        "PETITION": "信访部门",
        "JUSTICE": "司法机关",
        "REPORTING": "检举控告受理部门",
        "OTHER_CITY": "其他地市",
    },
    ReopenReason: {
        "NEW_FACT": "出现新情况",
        "SAME_AGAIN": "30日内再次反映同一事项",
        "DISSATISFIED": "办结后回访不满意",
        "POLICY_CHANGED": "政策已调整",
    },
    ErasureGround: {
        "REQUEST": "本人请求",
        "CONSENT_WITHDRAWN": "撤回同意",
        "RETENTION_OVER": "保存期限届满",
        "UNLAWFUL": "违法或违约处理",
    },
    Danger: {
        "SELF_HARM": "轻生自伤",
        "FIRE": "火灾爆炸",
        "VIOLENCE": "伤人",
        "MEDICAL": "急病重伤",
    },
    Urgency: {
        "NORMAL": "一般",
        "URGENT": "紧急",
    },
    IdType: {
        "ID_CARD": "居民身份证",
        "USCC": "统一社会信用代码",
        "OTHER": "其他证件",
    },
    AlreadyIn: {
        "LITIGATION": "诉讼",
        "REVIEW": "行政复议",
        "PETITION": "信访",
        "H12345": "12345热线",
    },
    Vulnerable: {
        "ELDERLY": "老年人",
        "DISABLED": "残疾人",
        "PREGNANT": "孕妇",
        "SOLDIER": "军人",
        "LANGUAGE": "语言不便",
    },
    ConfirmMode: {
        "SIGN_PAD": "签字板",
        "PAPER_SCAN": "纸质签字",
        "SMS_CODE": "短信验证码",
        "ORAL_READBACK": "口头复述确认",
    },
    FileFormat: {
        "PDF": "PDF",
        "JPG": "JPG图片",
        "PNG": "PNG图片",
        "OFD": "OFD",
        "DOCX": "Word文档",
    },
    PaperForm: {
        "ORIGINAL": "原件",
        "COPY": "复印件",
    },
    Purpose: {
        "HANDLING": "办理",
        "APPROVAL": "批转",
        "REVIEW": "审核",
        "FEEDBACK": "反馈",
        "CALLBACK": "回访",
        "INSPECTION": "检查",
    },
    Role: {
        "duty_staff": "窗口值班人员",
        "duty_leader": "带班领导",
        "callback_officer": "回访员",
        "supervision_dept": "党风政风监督室",
        "committee_leader": "委领导",
        "unit_handler": "承办单位承办人",
        "unit_deputy": "承办单位分管负责人",
        "unit_principal": "承办单位主要负责人",
        "hall_admin": "政务服务和大数据管理局",
        "system_admin": "系统管理员",
        "security_admin": "安全管理员",
        "audit_admin": "审计管理员",
    },
}


def label(code: StrEnum) -> str:
    """The Chinese label of a code."""
    return LABELS[type(code)][code.value]
