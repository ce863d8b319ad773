"""One cell → one value. What people type and what spreadsheet programs make of it are both understood."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from kernel.sheets.spec import Column

ERROR_TEXTS = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad"))
INTEGER = re.compile(r"[+-]?\d{1,15}(?:\.0{1,12})?")
DECIMAL = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{1,12})?|\.\d{1,12})")
GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
MOBILE = re.compile(r"1[3-9]\d{9}")
DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.0+)?)?)?"
)
SERIAL_ZERO = date(1899, 12, 30)  # the day before 1900-01-01, less the 29 February 1900 that Excel believes in
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
YES = frozenset({"是", "有", "对", "√", "✓", "✔", "y", "yes", "true", "1"})
NO = frozenset({"否", "无", "没有", "不", "×", "x", "n", "no", "false", "0"})
EXACT_DIGITS = 15  # a spreadsheet's number holds no more; a longer code stored as a number has lost its tail


class CellError(ValueError):
    """A cell that cannot be understood; `code` and `params` are worded by kernel.sheets.labels."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def tidy(value: Any) -> Any:
    """The cell without blanks around it (full-width and invisible ones too); None where nothing is left."""
    if not isinstance(value, str):
        return value
    text = value.translate(INVISIBLE).strip()
    return text or None


def is_blank(value: Any) -> bool:
    return tidy(value) is None


def parse_cell(column: Column, value: Any, words: dict[str, set[str]] | None = None) -> Any:
    """The value of a cell as the column's kind has it (str, int, Decimal, date, bool), None when empty.

    `words`: `choice_words(column)`, made once by who reads many cells: translating per cell took a third of an import.
    Raises CellError.
    """
    value = tidy(value)
    if value is None:
        if column.required:
            raise CellError("required")
        return None
    if isinstance(value, str) and value.upper() in ERROR_TEXTS:
        raise CellError("formula_error", value=value)
    if column.kind == "choice":
        return _choice(column, value, choice_words(column) if words is None else words)
    return PARSERS[column.kind](column, value)


def as_text(value: Any) -> str:
    """A cell as its reader sees it: numbers without a needless ".0", dates as 2026-09-01."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _plain(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds() // 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    return str(value)


def _plain(number: float) -> str:
    """As the spreadsheet shows it: 15 significant digits, never in powers of ten."""
    text = format(Decimal(format(number, ".15g")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(column: Column, value: Any) -> str:
    text = as_text(value)
    if any(unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\r\t" for character in text):
        raise CellError("control_character")
    if len(text) > column.most:
        raise CellError("too_long", most=column.most)
    return text


def _code(column: Column, value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) >= 10**EXACT_DIGITS:
        raise CellError("digits_lost")
    return _text(column, unicodedata.normalize("NFKC", as_text(value)).strip())


def _mobile(column: Column, value: Any) -> str:
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", as_text(value)))
    digits = digits.removeprefix("+86")
    if MOBILE.fullmatch(digits) is None:
        raise CellError("not_a_mobile")
    return digits


def _number(value: Any, pattern: re.Pattern[str], code: str) -> Decimal:
    if isinstance(value, (bool, date, time, timedelta)):
        raise CellError(code)
    text = _plain(value) if isinstance(value, float) else unicodedata.normalize("NFKC", str(value))
    text = re.sub(r"\s", "", text).replace("−", "-")
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if pattern.fullmatch(text) is None:
        raise CellError(code)
    return Decimal(text)


def _within(column: Column, number: Decimal) -> Decimal:
    low, high = column.least, column.greatest
    if (low is not None and number < low) or (high is not None and number > high):
        if high is None:
            raise CellError("too_small", least=low)
        if low is None:
            raise CellError("too_large", greatest=high)
        raise CellError("out_of_range", least=low, greatest=high)
    return number


def _integer(column: Column, value: Any) -> int:
    return int(_within(column, _number(value, INTEGER, "not_an_integer")))


def _decimal(column: Column, value: Any) -> Decimal:
    number = _number(value, DECIMAL, "not_a_number")
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > column.places:
        raise CellError("too_many_places", places=column.places)
    return _within(column, number)


def _date(column: Column, value: Any) -> date:
    found: date | None = None
    if isinstance(value, datetime):
        found = value.date()
    elif isinstance(value, date):
        found = value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        # A day whose cell lost its date format shows as a serial number; 8 digits were typed as 20260901.
        if 1 <= value < 200_000 and float(value).is_integer():
            found = SERIAL_ZERO + timedelta(days=int(value))
        elif float(value).is_integer():
            found = _compact_date(str(int(value)))
    elif isinstance(value, str):
        text = unicodedata.normalize("NFKC", value)
        match = DATE.fullmatch(text)
        found = _day(*match.groups()) if match else _compact_date(text)
    if found is None:
        raise CellError("not_a_date")
    if not EARLIEST <= found <= LATEST:
        raise CellError("date_out_of_range")
    return found


def _compact_date(digits: str) -> date | None:
    return _day(digits[:4], digits[4:6], digits[6:]) if re.fullmatch(r"[0-9]{8}", digits) else None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _flag(column: Column, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = unicodedata.normalize("NFKC", as_text(value)).strip().lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise CellError("not_a_flag")


def folded(text: str) -> str:
    """For comparing words: width, case and blanks do not matter."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text.translate(INVISIBLE))).casefold()


def _choice(column: Column, value: Any, words: dict[str, set[str]]) -> str:
    wanted = folded(as_text(value))
    for code, spelt in words.items():
        if wanted in spelt:
            return code
    raise CellError("not_a_choice", choices="、".join(str(label) for label in column.choices.values()))


def choice_words(column: Column) -> dict[str, set[str]]:
    """value → every way to write it: the value, its label as shown now, its label in the source language."""
    words: dict[str, set[str]] = {}
    for code, label in column.choices.items():
        words[code] = {folded(text) for text in (str(code), *spellings(label))}
    return words


def spellings(label: Any) -> list[str]:
    """A label as shown now and, for a lazy translation, its source text: a Chinese template filled by an English user
    (and the other way round) still reads."""
    source = getattr(label, "_args", ())
    return [str(label), *(str(text) for text in source[:1])]


PARSERS: dict[str, Any] = {
    "text": _text,
    "code": _code,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "flag": _flag,
    "mobile": _mobile,
}
