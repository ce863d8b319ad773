"""What is wrong with a spreadsheet, in words."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from kernel.errors import Invalid
from kernel.sheets.spec import Parsed, Problem, SheetSpec

MESSAGES: dict[str, Any] = {
    # the file
    "empty_file": _l("文件是空的。"),
    "file_too_large": _l("文件超过 %(megabytes)s MB，请拆分后分次导入。"),
    "too_large_unpacked": _l("文件解压后过大，无法读取。请只保留要导入的数据，另存为 .xlsx 后重试。"),
    "damaged": _l("文件已损坏或格式不正确，无法读取。请用 Excel 或 WPS 打开后另存为 .xlsx 再试。"),
    "not_a_sheet": _l("这不是可以读取的表格文件。请上传 .xlsx 或 .csv 文件。"),
    "old_or_locked": _l("这是旧版 .xls 文件或设有密码的文件。请去掉密码并另存为 .xlsx 后重试。"),
    "web_page": _l("这个文件其实是网页格式。请用 Excel 或 WPS 打开后另存为 .xlsx 再试。"),
    "too_many_sheets": _l("工作表超过 %(most)s 个，请只保留要导入的工作表。"),
    "too_many_columns": _l("列数超过 %(most)s 列，请删去无关的列。"),
    "too_many_rows": _l("数据超过 %(most)s 行，请拆分后分次导入。"),
    # the heading
    "no_heading": _l("没有找到表头。请使用下载的模板，表头应包括：%(titles)s。"),
    "missing_column": _l("缺少必填的列“%(title)s”。"),
    "doubled_heading": _l("列“%(title)s”出现了两次，请删去一列。"),
    "no_rows": _l("表头下面没有数据。"),
    # a cell
    "required": _l("此项必填。"),
    "formula_error": _l("单元格中的公式出错（%(value)s）。"),
    "control_character": _l("含有无法保存的控制字符。"),
    "too_long": _l("不能超过 %(most)s 个字。"),
    "digits_lost": _l("编号太长却存成了数字，末尾几位已丢失。请把单元格设为文本格式后重新填写。"),
    "not_a_mobile": _l("手机号码应为 11 位数字。"),
    "not_an_integer": _l("应填写整数。"),
    "not_a_number": _l("应填写数字。"),
    "too_many_places": _l("小数不能超过 %(places)s 位。"),
    "too_small": _l("不能小于 %(least)s。"),
    "too_large": _l("不能大于 %(greatest)s。"),
    "out_of_range": _l("应在 %(least)s 到 %(greatest)s 之间。"),
    "not_a_date": _l("应填写日期，例如 2026-09-01。"),
    "date_out_of_range": _l("日期超出合理范围。"),
    "not_a_flag": _l("应填写“是”或“否”。"),
    "not_a_choice": _l("应为下列之一：%(choices)s。"),
    "duplicate": _l("与第 %(other)s 行重复。"),
}


def message(problem: Problem) -> str:
    """The problem without its place. A service's own words stand as they are."""
    if problem.text:
        return str(problem.text)
    return str(MESSAGES[problem.code]) % dict(problem.params)


def placed_message(spec: SheetSpec, problem: Problem) -> str:
    """The problem with row and column named, for a list above the form."""
    text = message(problem)
    if problem.row is None:
        return text
    if problem.key is None:
        return _("第 %(row)s 行：%(text)s", row=problem.row, text=text)
    title = str(spec.column(problem.key).title)
    return _("第 %(row)s 行“%(title)s”：%(text)s", row=problem.row, title=title, text=text)


def require_whole(spec: SheetSpec, parsed: Parsed, field: str = "file", most: int = 20) -> Parsed:
    """The parsed sheet, if nothing is wrong with it; else Invalid with the first `most` problems at `field`."""
    if parsed.is_whole:
        return parsed
    texts = [placed_message(spec, problem) for problem in parsed.problems[:most]]
    if len(parsed.problems) > most:
        texts.append(_("……共 %(count)s 处错误。", count=len(parsed.problems)))
    raise Invalid({field: texts})
