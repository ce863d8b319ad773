"""How dates, times and money are shown: Asia/Shanghai, the Chinese way."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import Flask
from flask_babel import format_date, get_locale

from kernel.database import now

SHANGHAI = ZoneInfo("Asia/Shanghai")


def shanghai(instant: datetime | None, pattern: str = "yyyy-MM-dd HH:mm") -> str:
    """An instant on the wall clock of Shanghai, in a CLDR pattern."""
    if instant is None:
        return ""
    return format_datetime(instant.astimezone(SHANGHAI), pattern, tzinfo=SHANGHAI, locale=get_locale() or "zh_CN")


def today() -> date:
    """The calendar day in Shanghai, whatever zone the server runs in."""
    return now().astimezone(SHANGHAI).date()


def span_of_days(first: date, last: date) -> tuple[datetime, datetime]:
    """The instants [begin, end) of the days first..last in Shanghai, both days included."""
    return datetime.combine(first, time(), SHANGHAI), datetime.combine(last + timedelta(days=1), time(), SHANGHAI)


def day(value: date | None) -> str:
    return "" if value is None else format_date(value, "yyyy-MM-dd")


def yuan(fen: int | None) -> str:
    """Fen as ¥1,234.50."""
    if fen is None:
        return ""
    return f"¥{Decimal(fen) / 100:,.2f}"


def register(app: Flask) -> None:
    app.jinja_env.filters.update(shanghai=shanghai, day=day, yuan=yuan)
