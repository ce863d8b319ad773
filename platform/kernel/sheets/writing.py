"""Spreadsheets out: the template to fill in, a filled one handed back with its errors, and plain exports.

Text is always written as text: a cell that begins with = + - @ never becomes a formula, here or after an edit.
"""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from kernel.sheets.labels import message
from kernel.sheets.spec import Column, Parsed, Problem, SheetSpec
from kernel.web.dates import SHANGHAI

MOST_CELL = 32_767  # characters, the file format's own limit
MOST_EXPORT_ROWS = 1_048_000
MOST_LIST = 255  # characters of a drop-down written into the rule itself
MOST_COMMENTS = 500
MOST_SHEET_NAME = 31
RISKY = ("=", "+", "-", "@", "\t", "\r")
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def template_xlsx(spec: SheetSpec) -> bytes:
    """An empty sheet to fill in: heading, drop-downs, text format where digits are no number, notes behind it."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        book.set_properties({"title": str(spec.name)})
        formats = _Formats(book)
        sheet = book.add_worksheet(_sheet_name(str(spec.name)))
        sheet.write_string(0, 0, str(spec.name), formats.title)
        hint = _("带 * 的列必填；从第 4 行开始填写，不要改动表头。各列的说明和示例见“填写说明”。")
        sheet.write_string(1, 0, hint, formats.hint)
        heading = 2
        first, last = heading + 1, heading + spec.most_rows
        lists = [column for column in spec.columns if column.kind == "choice"]
        places = _write_lists(book, formats, lists)
        for place, column in enumerate(spec.columns):
            title = str(column.title) + (" *" if column.required else "")
            sheet.write_string(heading, place, title, formats.required if column.required else formats.heading)
            sheet.set_column(place, place, column.width, formats.of_kind(column))
            rule = _validation(column, places.get(column.key))
            if rule:
                sheet.data_validation(first, place, last, place, rule)
        sheet.freeze_panes(heading + 1, 0)
        _write_notes(book, formats, spec)
        sheet.activate()
    return target.getvalue()


def errors_xlsx(spec: SheetSpec, parsed: Parsed, problems: Sequence[Problem] | None = None) -> bytes:
    """The uploaded sheet again, its wrong cells marked and explained, with a column 错误 at the end.

    `problems`: those found later by a service; by default the ones found while reading.
    """
    found = list(parsed.problems if problems is None else problems)
    by_row: dict[int, list[Problem]] = {}
    for problem in found:
        if problem.row is not None:
            by_row.setdefault(problem.row, []).append(problem)
    grid = parsed.grid
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        formats = _Formats(book)
        sheet = book.add_worksheet(_sheet_name(str(spec.name)))
        line = 0
        for problem in found:
            if problem.row is None:
                sheet.write_string(line, 0, message(problem), formats.wrong)
                line += 1
        heading = [title for title in grid.heading if title != _("错误")]
        dropped = {place for place, title in enumerate(grid.heading) if title == _("错误")}
        keys = {place: key for key, place in grid.places.items()}
        kept = [place for place in range(len(grid.heading)) if place not in dropped]
        for place, title in enumerate(heading):
            sheet.write_string(line, place, title[:MOST_CELL], formats.heading)
        sheet.write_string(line, len(heading), _("错误"), formats.required)
        sheet.set_column(0, max(len(heading) - 1, 0), 16)
        sheet.set_column(len(heading), len(heading), 60)
        sheet.freeze_panes(line + 1, 0)
        commented = 0
        for number, cells in grid.lines:
            line += 1
            wrong = by_row.get(number, ())
            for column, place in enumerate(kept):
                here = [problem for problem in wrong if problem.key is not None and problem.key == keys.get(place)]
                _write(sheet, formats, line, column, cells[place] if place < len(cells) else None, bool(here))
                if here and commented < MOST_COMMENTS:
                    commented += 1
                    sheet.write_comment(line, column, "\n".join(map(message, here)), {"x_scale": 2})
            if wrong:
                sheet.write_string(line, len(heading), _row_words(spec, wrong)[:MOST_CELL], formats.words)
    return target.getvalue()


def export_xlsx(
    spec: SheetSpec,
    rows: Iterable[Mapping[str, Any]],
    *,
    title: str | None = None,
    footer: Sequence[str] = (),
) -> bytes:
    """Rows (column key → value) under the spec's headings. Values: str, int, Decimal, bool, date, aware datetime
    (shown as Shanghai time), choice codes (shown by their labels), None. Memory does not grow with the rows.
    """
    target = io.BytesIO()
    options = {**OPTIONS, "in_memory": False, "constant_memory": True}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": title or str(spec.name)})
        formats = _Formats(book)
        sheet = book.add_worksheet(_sheet_name(str(spec.name)))
        for place, column in enumerate(spec.columns):
            sheet.set_column(place, place, column.width)
        line = 0
        if title:
            sheet.write_string(0, 0, title[:MOST_CELL], formats.title)
            line = 1
        sheet.freeze_panes(line + 1, 0)
        for place, column in enumerate(spec.columns):
            sheet.write_string(line, place, str(column.title), formats.heading)
        shown = [_shower(column) for column in spec.columns]
        for row in rows:
            line += 1
            if line > MOST_EXPORT_ROWS:
                raise ValueError(f"an export holds at most {MOST_EXPORT_ROWS} rows")
            for place, column in enumerate(spec.columns):
                _write(sheet, formats, line, place, shown[place](row.get(column.key)), False)
        for text in footer:
            line += 1
            sheet.write_string(line, 0, text[:MOST_CELL], formats.hint)
    return target.getvalue()


class _Formats:
    def __init__(self, book: Any) -> None:
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.hint = book.add_format({"font_color": "#5b6770"})
        self.heading = book.add_format({"bold": True, "bg_color": "#e6eef0", "bottom": 1, "text_wrap": True})
        self.required = book.add_format(
            {"bold": True, "bg_color": "#f6e3d6", "font_color": "#8a2f0b", "bottom": 1, "text_wrap": True}
        )
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.words = book.add_format({"text_wrap": True, "font_color": "#a3200d", "valign": "top"})
        plain: dict[str, dict[str, Any]] = {
            "text": {"num_format": "@"},
            "number": {},
            "date": {"num_format": "yyyy-mm-dd"},
        }
        plain["datetime"] = {"num_format": "yyyy-mm-dd hh:mm"}
        # quote_prefix: after an edit in place the spreadsheet still takes the cell for text.
        plain["risky"] = {"num_format": "@", "quote_prefix": True}
        marked = {"bg_color": "#ffd9d2", "font_color": "#a3200d"}
        self.plain = {name: book.add_format(look) for name, look in plain.items()}
        self.marked = {name: book.add_format({**look, **marked}) for name, look in plain.items()}
        self.wrong = self.marked["text"]

    def of_kind(self, column: Column) -> Any:
        if column.kind in ("code", "mobile", "text"):
            return self.plain["text"]
        return self.plain["date"] if column.kind == "date" else None


def _write(sheet: Any, formats: _Formats, line: int, place: int, value: Any, wrong: bool) -> None:
    looks = formats.marked if wrong else formats.plain
    if value is None or value == "":
        if wrong:
            sheet.write_blank(line, place, None, looks["text"])
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value, looks["number"])
    elif isinstance(value, (int, float, Decimal)) and -(10**15) < value < 10**15:
        sheet.write_number(line, place, value, looks["number"])
    elif isinstance(value, datetime):
        local = value.astimezone(SHANGHAI).replace(tzinfo=None) if value.tzinfo else value
        is_day = local.time() == time() and not value.tzinfo
        if local.year < 1900:
            sheet.write_string(line, place, local.isoformat(" ", "minutes"), looks["text"])
        else:
            sheet.write_datetime(line, place, local, looks["date" if is_day else "datetime"])
    elif isinstance(value, date):
        if value.year < 1900:
            sheet.write_string(line, place, value.isoformat(), looks["text"])
        else:
            sheet.write_datetime(line, place, datetime.combine(value, time()), looks["date"])
    elif isinstance(value, (time, timedelta)):
        sheet.write_string(line, place, str(value), looks["text"])
    else:
        text = _clean(str(value))
        sheet.write_string(line, place, text, looks["risky" if text.startswith(RISKY) else "text"])


def _clean(text: str) -> str:
    """Without lone surrogates, which no file can hold, and within the format's limit."""
    return text.encode("utf-8", "replace").decode("utf-8")[:MOST_CELL]


def _shower(column: Column) -> Callable[[Any], Any]:
    if column.kind == "choice":
        labels = {str(code): str(label) for code, label in column.choices.items()}
        return lambda value: None if value is None else labels.get(str(value), str(value))
    if column.kind == "flag":
        yes, no = _("是"), _("否")
        return lambda value: None if value is None else (yes if value else no)
    return lambda value: value


def _row_words(spec: SheetSpec, problems: Iterable[Problem]) -> str:
    words = []
    for problem in problems:
        text = message(problem)
        words.append(f"{spec.column(problem.key).title}：{text}" if problem.key else text)
    return "\n".join(words)


def _validation(column: Column, listed_at: str | None) -> dict[str, Any] | None:
    """The rule that the spreadsheet program itself applies while somebody types."""
    rule: dict[str, Any]
    low, high = column.least, column.greatest
    if column.kind == "choice":
        rule = {"validate": "list", "source": listed_at or [str(label) for label in column.choices.values()]}
        rule["error_message"] = _("请从下拉列表中选择。")
    elif column.kind == "flag":
        rule = {"validate": "list", "source": [_("是"), _("否")], "error_message": _("请从下拉列表中选择。")}
    elif column.kind in ("integer", "decimal"):
        rule = {"validate": column.kind, "criteria": "between", "error_message": _("请填写范围内的数字。")}
        rule["minimum"] = float(low) if low is not None else -1e15
        rule["maximum"] = float(high) if high is not None else 1e15
    elif column.kind == "date":
        rule = {"validate": "date", "criteria": "between", "error_message": _("请填写日期，例如 2026-09-01。")}
        rule["minimum"], rule["maximum"] = date(1900, 1, 1), date(2200, 12, 31)
    elif column.help:
        rule = {"validate": "any"}
    else:
        return None
    if column.help:
        rule["input_title"] = str(column.title)[:32]
        rule["input_message"] = str(column.help)[:255]
    return rule


def _write_lists(book: Any, formats: _Formats, columns: Sequence[Column]) -> dict[str, str]:
    """Long drop-downs stand on a hidden sheet, because a rule itself holds 255 characters only."""
    long = [column for column in columns if len(",".join(map(str, column.choices.values()))) > MOST_LIST]
    if not long:
        return {}
    sheet = book.add_worksheet("_lists")
    sheet.hide()
    places = {}
    for place, column in enumerate(long):
        for line, label in enumerate(column.choices.values()):
            sheet.write_string(line, place, _clean(str(label)), formats.plain["text"])
        letter = xlsxwriter.utility.xl_col_to_name(place, True)
        places[column.key] = f"=_lists!{letter}$1:{letter}${len(column.choices)}"
    return places


def _write_notes(book: Any, formats: _Formats, spec: SheetSpec) -> None:
    sheet = book.add_worksheet(_sheet_name(_("填写说明")))
    for place, (title, width) in enumerate(
        ((_("列"), 20), (_("必填"), 8), (_("说明"), 60), (_("示例"), 24), (_("可选内容"), 50))
    ):
        sheet.write_string(0, place, title, formats.heading)
        sheet.set_column(place, place, width)
    for line, column in enumerate(spec.columns, start=1):
        labels = [_("是"), _("否")] if column.kind == "flag" else [str(label) for label in column.choices.values()]
        required = _("必填") if column.required else ""
        cells = (str(column.title), required, str(column.help), column.example, "、".join(labels))
        for place, text in enumerate(cells):
            sheet.write_string(line, place, _clean(text), formats.wrap)
    sheet.freeze_panes(1, 0)


def _sheet_name(name: str) -> str:
    """Without the characters that a sheet's name may not have."""
    cleaned = "".join(" " if character in "[]:*?/\\'" else character for character in name).strip()
    return cleaned[:MOST_SHEET_NAME] or "Sheet1"
