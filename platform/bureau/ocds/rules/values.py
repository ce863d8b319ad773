"""How values are spelt in a release: money, numbers, instants, periods, organisations."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from bureau.ocds.rules.facts import Party

CURRENCY = "CNY"
SHANGHAI = timezone(timedelta(hours=8))  # the whole country, without summer time
BUREAU_SCHEME = "X-HOUQIN"  # codes of bureaus within this service
COMPANY_SCHEME = "CN-USCC"  # 统一社会信用代码
DISCOUNT = "discount-percent"


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def first_moment(day: date) -> str:
    return instant(datetime.combine(day, time(), SHANGHAI))


def last_moment(day: date) -> str:
    return instant(datetime.combine(day, time(23, 59, 59), SHANGHAI))


def period(start: str, end: str) -> dict[str, str]:
    return {"startDate": start, "endDate": end}


def money(fen: int) -> dict[str, Any]:
    return {"amount": number(Decimal(fen) / 100), "currency": CURRENCY}


def number(value: Decimal) -> int | float:
    """A JSON number. Two to four decimals of amounts below 10¹¹ survive the way through a double unchanged."""
    return int(value) if value == value.to_integral_value() else float(value)


def reference(party: Party) -> dict[str, str]:
    return {"id": party_id(party), "name": party.name}


def party_id(party: Party) -> str:
    return f"{BUREAU_SCHEME if party.is_bureau else COMPANY_SCHEME}-{party.identifier}"
