"""The phone's words: both languages complete, every word that the screens ask for is there, none is left over."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4] / "frontend" / "src"
TABLES = {name: json.loads((ROOT / "fill" / f"messages.{name}.json").read_text()) for name in ("zh", "en")}
SOURCES = "".join(path.read_text() for path in [ROOT / "fill.ts", *sorted((ROOT / "fill").rglob("*.ts"))])
PLACE = re.compile(r"\{(\w+)\}")
# Built from a code at run time: t(`probe_${…}`) and the like.
FAMILIES = tuple(re.findall(r"t\(`(\w+_)\$\{", SOURCES))


def test_both_languages_have_the_same_words_and_places():
    assert TABLES["zh"].keys() == TABLES["en"].keys()
    assert {key: sorted(PLACE.findall(text)) for key, text in TABLES["zh"].items()} == {
        key: sorted(PLACE.findall(text)) for key, text in TABLES["en"].items()
    }
    assert all(text.strip() for table in TABLES.values() for text in table.values())


def test_every_word_asked_for_is_there_and_none_is_left_over():
    asked = set(re.findall(r"\bt\(\s*\"(\w+)\"", SOURCES))
    named = set(re.findall(r"\"(\w+)\"", SOURCES))
    assert asked - TABLES["zh"].keys() == set()
    left = {key for key in TABLES["zh"] if key not in named and not key.startswith(FAMILIES)}
    assert left == set()


def test_every_code_of_a_family_has_words():
    codes = {
        f"attention_{code}" for code in re.findall(r"NeedsAttention\((?:[^\"()]*\? )?\"(\w+)\"(?: : \"\w+\")?", SOURCES)
    }
    codes |= {f"probe_{code}" for code in re.findall(r"\bfault: \"(\w+)\"", SOURCES)}
    assert len(codes) > 8
    assert codes - TABLES["zh"].keys() == set()
