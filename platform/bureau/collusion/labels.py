"""Words for signs, methods and what became of them."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

ORDER_87 = _l("《政府采购货物和服务招标投标管理办法》（财政部令第87号）")
KINDS = {
    "same_author": _l("投标文件由同一单位或个人编制"),
    "same_agent": _l("委托同一单位或个人办理投标"),
    "same_contact": _l("联系人或项目管理成员为同一人"),
    "price_pattern": _l("投标文件异常一致或报价呈规律性差异"),
    "mixed_files": _l("投标文件相互混装"),
    "same_bond": _l("投标保证金从同一账户转出"),
    "rotation": _l("历次项目轮流中标"),
}
METHODS = {
    "document_maker": _l("文件属性中的作者、修改人或单位相同"),
    "document_moment": _l("文件在同一秒由同一程序生成"),
    "document_id": _l("文件内部标识相同"),
    "same_account": _l("由同一账号递交"),
    "same_device": _l("由同一设备递交"),
    "same_browser": _l("短时间内由同一网络地址、同一浏览器和同样屏幕递交"),
    "same_phone": _l("联系电话相同"),
    "same_email": _l("电子邮箱相同"),
    "same_manager": _l("项目负责人为同一人"),
    "same_person": _l("两名以上人员姓名相同"),
    "same_address": _l("地址精确到同一房号"),
    "constant_ratio": _l("各品目单价成同一比例"),
    "constant_difference": _l("各品目单价相差同一金额"),
    "same_prices": _l("大部分品目单价完全相同"),
    "arithmetic_series": _l("投标总价成等差排列"),
    "geometric_series": _l("投标总价成等比排列"),
    "same_slip": _l("同一品目出现同样的计算错误"),
    "same_text": _l("大量语句逐字相同，且不出自招标文件"),
    "same_file": _l("含有相同的文件"),
    "other_name_inside": _l("文件中出现另一投标人的名称或信用代码"),
    "same_bond_account": _l("保证金账户相同"),
    "same_bond_payer": _l("保证金由同一单位或个人缴纳"),
    "taking_turns": _l("同几家单位同场投标并依次中标"),
}
# What each method leaves out, so that the reader knows what a sign does not say.
CARE = {
    "same_author": _l("已排除：程序自带的作者名、招标文件及其格式自带的属性、资格材料中的扫描件。"),
    "same_agent": _l("已排除：只有网络地址相同的情况，许多单位会共用一个出口地址。"),
    "same_contact": _l("已排除：仅有一人同名（项目负责人身份证后四位不同的也是同名）、仅同一楼栋或同一市场的情况。"),
    "price_pattern": _l("已排除：双方都贴近最高限价或公开价格的情况、四舍五入造成的差别、整千元总价的排列。"),
    "mixed_files": _l("已排除：招标文件提供的文件、个别相同的第三方证照扫描件。"),
    "same_bond": _l("只比对投标文件中填写的缴纳账户；招标文件公布的收款账户和保函不计。"),
    "rotation": _l("只统计单一中标人的标包，要求每次都由这几家依次中标且至少轮完两圈。"),
}
STATES = {"open": _l("待核查"), "dismissed": _l("已排除"), "referred": _l("已移送"), "invalid": _l("投标无效")}
TONES = {"open": "warning", "dismissed": "neutral", "referred": "info", "invalid": "danger"}
EVENTS = {
    "dismiss": _l("排除嫌疑"),
    "refer": _l("移送处理"),
    "invalidate": _l("记为投标无效"),
    "reopen": _l("重新核查"),
}
FIELDS = {
    "author": _l("作者"),
    "last_editor": _l("最后修改人"),
    "company": _l("所属单位"),
    "created": _l("生成时间"),
    "document_id": _l("文件标识"),
    "account": _l("账号"),
    "device": _l("设备"),
    "browser": _l("地址和浏览器"),
    "phone": _l("电话"),
    "email": _l("邮箱"),
    "people": _l("人员"),
    "manager": _l("项目负责人（身份证后四位）"),
    "address": _l("地址"),
    "file": _l("文件名"),
    "title": _l("文件标题"),
    "text": _l("投标文字"),
    "name": _l("名称"),
    "bond_account": _l("保证金账户"),
    "bond_payer": _l("保证金缴纳账户户名"),
    "total_fen": _l("投标总价"),
}
FIGURES = {
    "share": _l("相同比例（%）"),
    "spread": _l("偏离（%）"),
    "threshold": _l("设定值"),
    "items": _l("品目数"),
    "difference_fen": _l("差额（分）"),
    "step": _l("间隔"),
    "sentences": _l("相同语句数"),
    "files": _l("相同文件数"),
    "minutes": _l("间隔上限（分钟）"),
    "rounds": _l("次数"),
    "members": _l("家数"),
}


def article_text(article: str) -> str:
    """ "order_87:37:4" → the order's Art. 37, sign 4."""
    parts = article.split(":")
    if len(parts) != 3 or parts[0] != "order_87":
        return ""
    numbers = "零一二三四五六七八九"
    return _("%(order)s第三十七条第（%(number)s）项", order=ORDER_87, number=numbers[int(parts[2])])


def figure_words(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(str(FIGURES[name]), str(value)) for name, value in figures.items() if name in FIGURES]
