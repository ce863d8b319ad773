"""The calendar as other programs read it: taken apart here by a reader of its own, by the letter of RFC 5545."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from duties import ical
from duties.ical import Event

SHANGHAI = ZoneInfo("Asia/Shanghai")
DUE = datetime(2026, 11, 20, 8, 0, tzinfo=SHANGHAI)
STAMP = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)


def unfolded(data: bytes) -> list[str]:
    """Content lines of 3.1; refuses a bare CR or LF and a line that is too long."""
    assert data.endswith(b"\r\n")
    physical = data[:-2].split(b"\r\n")
    lines: list[bytes] = []
    for line in physical:
        assert b"\n" not in line
        assert b"\r" not in line
        assert len(line) <= 75
        line.decode()  # a character cut in two would not decode
        if line.startswith(b" "):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    return [line.decode() for line in lines]


def unescaped(text: str) -> str:
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", text), "a bare separator in a TEXT value"
    return re.sub(r"\\([\\;,nN])", lambda match: {"n": "\n", "N": "\n"}.get(match[1], match[1]), text)


def components(lines: list[str]) -> list[tuple[str, dict[str, tuple[dict[str, str], str]]]]:
    """(component, {name: (parameters, value)}), nested ones flat; refuses a tree that does not close."""
    stack: list[tuple[str, dict]] = []
    found = []
    for line in lines:
        match = re.fullmatch(r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*))*):(.*)', line)
        assert match, line
        name, parameters, value = match[1], dict(p.split("=", 1) for p in match[2].split(";")[1:]), match[3]
        if name == "BEGIN":
            stack.append((value, {}))
        elif name == "END":
            opened, content = stack.pop()
            assert opened == value
            found.append((opened, content))
        else:
            assert name not in stack[-1][1], f"{name} twice"
            stack[-1][1][name] = (parameters, value)
    assert not stack
    return found


def read(events, name="演示学校"):
    return components(unfolded(ical.calendar(name, events, STAMP)))


def event(**changes) -> Event:
    values = {
        "uid": "morning.2026-11-20.7.1@houqin", "begins": DUE - timedelta(minutes=30), "ends": DUE, "summary": "晨检",
        "url": "https://houqin.example/duties/?a=1;b,2", "alarm_minutes": 30, **changes,
    }  # fmt: skip
    return Event(**values)


def test_whole_calendar():
    found = read([event(), event(uid="x@houqin", alarm_minutes=None)])
    kinds = [kind for kind, _content in found]
    assert kinds == ["STANDARD", "VTIMEZONE", "VALARM", "VEVENT", "VEVENT", "VCALENDAR"]
    outer = found[-1][1]
    assert outer["VERSION"] == ({}, "2.0")
    assert outer["PRODID"][1]
    first = found[3][1]
    assert first["UID"] == ({}, "morning.2026-11-20.7.1@houqin")
    assert first["DTSTAMP"] == ({}, "20261120T010203Z")
    assert first["DTSTART"] == ({"TZID": "Asia/Shanghai"}, "20261120T073000")
    assert first["DTEND"] == ({"TZID": "Asia/Shanghai"}, "20261120T080000")
    assert first["URL"] == ({}, "https://houqin.example/duties/?a=1;b,2")
    zone = dict(found)["VTIMEZONE"]
    assert zone["TZID"] == ({}, "Asia/Shanghai")
    assert dict(found)["STANDARD"]["TZOFFSETTO"] == ({}, "+0800")


def test_instant_of_another_zone_is_told_in_shanghai():
    found = read([event(begins=datetime(2026, 12, 31, 23, 30, tzinfo=UTC), ends=datetime(2027, 1, 1, tzinfo=UTC))])
    start = dict(found)["VEVENT"]["DTSTART"][1]
    assert start == "20270101T073000"


def test_empty_calendar_is_one_too():
    assert [kind for kind, _content in read([])] == ["STANDARD", "VTIMEZONE", "VCALENDAR"]


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_comes_back(text):
    found = dict(read([event(summary=text, description=text)], name=text))
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(letter for letter in kept if letter in "\n\t" or (letter >= " " and letter != "\x7f"))
    assert unescaped(found["VEVENT"]["SUMMARY"][1]) == kept
    assert unescaped(found["VCALENDAR"]["X-WR-CALNAME"][1]) == kept
    if kept:
        assert unescaped(found["VEVENT"]["DESCRIPTION"][1]) == kept


@settings(deadline=None)
@given(st.text(alphabet="汉字a𠮷é;,\\", min_size=1, max_size=400))
def test_folding_cuts_no_character_and_loses_none(text):
    assert "".join(unfolded(ical.folded(text).encode())) == text
