"""A calendar as RFC 5545 wants it. Pure: text in, bytes out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from duties.rules import SHANGHAI

MEDIA_TYPE = "text/calendar; charset=utf-8"
MOST_OCTETS = 75  # of a content line, without its line break (3.1)
# Asia/Shanghai has kept its clock since the last summer time ended in 1991.
ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Shanghai",
    "BEGIN:STANDARD",
    "DTSTART:19910915T000000",
    "TZOFFSETFROM:+0900",
    "TZOFFSETTO:+0800",
    "TZNAME:CST",
    "END:STANDARD",
    "END:VTIMEZONE",
)


@dataclass(frozen=True, slots=True)
class Event:
    """`uid` stays the same as long as the event is the same one. `alarm_minutes` None: without an alarm."""

    uid: str
    begins: datetime
    ends: datetime
    summary: str
    description: str = ""
    url: str = ""
    category: str = ""
    alarm_minutes: int | None = None


def calendar(name: str, events: Iterable[Event], stamp: datetime) -> bytes:
    """The whole object, lines ended by CRLF. `stamp`: when it was made."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Houqin//Duties//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "X-WR-TIMEZONE:Asia/Shanghai",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        *ZONE,
        *(line for event in events for line in _event(event, stamp)),
        "END:VCALENDAR",
    ]
    return "".join(folded(line) for line in lines).encode()


def _event(event: Event, stamp: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;TZID=Asia/Shanghai:{event.begins.astimezone(SHANGHAI):%Y%m%dT%H%M%S}"
    yield f"DTEND;TZID=Asia/Shanghai:{event.ends.astimezone(SHANGHAI):%Y%m%dT%H%M%S}"
    yield f"SUMMARY:{escaped(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{escaped(event.description)}"
    if event.category:
        yield f"CATEGORIES:{escaped(event.category)}"
    if event.url:
        yield f"URL:{event.url}"  # a URI is no text: nothing in it is escaped
    yield "TRANSP:TRANSPARENT"
    if event.alarm_minutes is not None:
        yield from (
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{escaped(event.summary)}",
            f"TRIGGER;RELATED=END:-PT{event.alarm_minutes}M",
            "END:VALARM",
        )
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """TEXT of 3.3.11: backslash, semicolon and comma are escaped, a line break is written as \\n; other control
    characters have no place in it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(letter for letter in text if letter in "\n\t" or (letter >= " " and letter != "\x7f"))
    for letter in ("\\", ";", ","):
        text = text.replace(letter, "\\" + letter)
    return text.replace("\n", "\\n")


def folded(line: str) -> str:
    """At most 75 octets to a line, continued after a blank; a character is never cut in two."""
    parts: list[str] = []
    part, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        # A continuation begins with the blank, which counts.
        if size + octets > MOST_OCTETS:
            parts.append(part)
            part, size = " ", 1
        part += letter
        size += octets
    parts.append(part)
    return "\r\n".join(parts) + "\r\n"
