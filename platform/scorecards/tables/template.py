"""A workbook to fill in, with example rows: the shape that reads back without a doubt."""

import io

import xlsxwriter
from flask_babel import gettext as _

WIDTHS = (7, 18, 40, 8, 44, 14, 10, 16)


def template_xlsx() -> bytes:
    target = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_("评分表"))
        title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        head = book.add_format(
            {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "bg_color": "#E8EEF7"}
        )
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
        middle = book.add_format({"border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        for place, width in enumerate(WIDTHS):
            sheet.set_column(place, place, width)
        last = len(WIDTHS) - 1
        sheet.set_row(0, 30)
        # The words of the example stay Chinese: they are what the reading goes by.
        sheet.merge_range(0, 0, 0, last, "学校食堂检查评分表（满分20分）", title)
        for place, words in enumerate(
            ("序号", "检查项目", "检查内容", "分值", "评分标准", "检查方法", "得分", "备注")
        ):  # fmt: skip
            sheet.write_string(1, place, words, head)
        rows = (
            ("1", "食品采购", "进货查验记录完整", 5, "每缺一次扣1分，扣完为止", "查阅资料"),
            ("2", "", "供货商证照齐全", 5, "不符合扣除该项全部分值", "查阅资料"),
            ("3", "加工过程", "留样规范", 4, "未留样不得分，留样量不足扣2分，记录不全扣1分", "现场查看"),
            ("4", "", "后厨地面清洁", 3, "优3分，良2分，差0分", "现场查看"),
            ("5", "", "从业人员个人卫生", 3, "一人不符合扣1分", "现场查看"),
        )
        for at, row in enumerate(rows, start=2):
            for place in range(last + 1):
                value = row[place] if place < len(row) else ""
                if isinstance(value, int):
                    sheet.write_number(at, place, value, middle)
                elif place != 1:
                    sheet.write_string(at, place, value, cell)
        sheet.merge_range(2, 1, 3, 1, "一、食品采购（10分）", middle)
        sheet.merge_range(4, 1, 6, 1, "二、加工过程（10分）", middle)
        sheet.merge_range(7, 0, 7, 2, "合计", middle)
        sheet.write_number(7, 3, 20, middle)
        for place in range(4, last + 1):
            sheet.write_string(7, place, "", cell)
        sheet.set_row(8, 34)
        sheet.merge_range(
            8, 0, 8, last, "注：18分以上为优秀，15～18分为良好，12～15分为合格，12分以下为不合格。", plain
        )
        notes = book.add_worksheet(_("填写说明"))
        notes.set_column(0, 0, 90)
        for at, line in enumerate(_hints()):
            notes.write_string(at, 0, line, plain)
    return target.getvalue()


def _hints() -> list[str]:
    return [
        _("把“评分表”中的例子换成自己的内容：行可以增减，合并单元格照旧可用。"),
        _("分值写数字；一个部分的分值写在它的名称后面，例如“一、食品采购（10分）”。"),
        _("评分标准照平常的写法，例如“每处扣2分，扣完为止”“不符合不得分”“优3分，良2分，差0分”“酌情扣1-3分”。"),
        _("一票否决的条目，评分标准写“一票否决”，分值空着。"),
        _("等级写在表的下面，例如“90分以上为优秀，75～90分为良好……”。"),
        _("读不懂的地方不会被猜测：导入时逐条列出，由您决定。"),
    ]
