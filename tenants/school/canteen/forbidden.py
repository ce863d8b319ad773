"""Food that a school canteen may not make, found by a food's code, by an ingredient's name and by a dish's name or way
of serving. Pure but for data/forbidden.yaml, which says by which names a figure's word goes."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).with_name("data") / "forbidden.yaml"
NITRITE = "亚硝酸盐"


@dataclass(frozen=True, slots=True)
class Hit:
    """`word`: the figure's word; `found`: what was written. Not `certain`: it may be something else, ask."""

    word: str
    found: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Word:
    word: str
    foods: frozenset[str] = frozenset()
    certain: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    style: str = ""
    with_meat: bool = False

    def of_name(self, name: str) -> Hit | None:
        text = folded(name)
        for other in self.exempt:
            text = text.replace(folded(other), " ")
        if any(folded(one) in text for one in self.certain):
            return Hit(self.word, name, certain=True)
        if any(folded(one) in text for one in self.ask):
            return Hit(self.word, name, certain=False)
        return None

    def of_style(self, style: str, has_meat: bool, name: str) -> Hit | None:
        """Served in the way that the word forbids; a cold dish without meat is asked about."""
        if not self.style or style != self.style:
            return None
        return Hit(self.word, name, certain=has_meat or not self.with_meat)


def folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


@cache
def _known() -> dict[str, Word]:
    rows: dict[str, dict[str, Any]] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    # Longest exemption first: 豇豆角 goes before 豇豆, or its 角 would stay behind.
    return {
        word: Word(
            word, frozenset(row.get("foods", ())), tuple(row.get("certain", ())), tuple(row.get("ask", ())),
            tuple(sorted(row.get("not", ()), key=len, reverse=True)), row.get("style", ""), row.get("with_meat", False),
        )
        for word, row in rows.items()
    }  # fmt: skip


def word_of(text: str) -> Word:
    """A word that only a bureau's own figure has goes by its own name."""
    return _known().get(text) or Word(text, certain=(text,))


def screen(
    words: Iterable[str], name: str, style: str, has_meat: bool, ingredients: Sequence[tuple[str, str]]
) -> list[Hit]:
    """What of a dish the words forbid; `ingredients`: (name, food code). One hit per word, a certain one before others."""
    found = []
    for text in words:
        word = word_of(text)
        hits = [hit for hit in (word.of_style(style, has_meat, name), word.of_name(name)) if hit]
        for ingredient, code in ingredients:
            if code and code in word.foods:
                hits.append(Hit(word.word, ingredient, certain=True))
            else:
                hit = word.of_name(ingredient)
                if hit:
                    hits.append(hit)
        if hits:
            found.append(min(hits, key=lambda hit: not hit.certain))
    return found
