"""Words for challenges."""

from flask_babel import lazy_gettext as _l

KINDS = {"challenge": _l("质疑"), "enquiry": _l("询问")}
STAGES = {"documents": _l("招标文件"), "process": _l("采购过程"), "result": _l("采购结果")}
STATES = {
    "filed": _l("已提交"),
    "returned": _l("退回补正"),
    "accepted": _l("已受理"),
    "rejected": _l("不予受理"),
    "answered": _l("已答复"),
    "withdrawn": _l("已撤回"),
}
STATE_TONES = {
    "filed": "info", "returned": "warning", "accepted": "primary", "rejected": "neutral", "answered": "success",
    "withdrawn": "neutral",
}  # fmt: skip
EVENTS = {
    "file": _l("提交"),
    "return": _l("退回补正"),
    "correct": _l("补正后再提交"),
    "accept": _l("受理"),
    "reject": _l("不予受理"),
    "answer": _l("答复"),
    "withdraw": _l("撤回"),
}
COMPLAINT_EVENTS = {
    "complaint": _l("登记投诉"),
    "complaint_accept": _l("财政部门受理投诉"),
    "complaint_refuse": _l("财政部门不予受理投诉"),
    "complaint_decide": _l("财政部门作出处理决定"),
    "complaint_withdraw": _l("投诉人撤回投诉"),
}
COMPLAINT_STATES = {
    "filed": _l("已投诉，待受理"),
    "accepted": _l("财政部门已受理"),
    "refused": _l("财政部门不予受理"),
    "decided": _l("已作出处理决定"),
    "withdrawn": _l("投诉人撤回"),
}
OUTCOMES = {"upheld": _l("投诉成立"), "dismissed": _l("驳回投诉"), "unfounded": _l("查无实据，驳回投诉")}
NOT_YET = {
    "documents": _l("招标公告还没有发布，不能提出质疑。"),
    "process": _l("采购过程还没有开始，不能提出质疑。"),
    "result": _l("采购结果还没有公告，不能对结果提出质疑。"),
}
