"""Second language: what the program says (msgids are Chinese) against translations/en/*.po, one file per module.

python -m kernel.web.translations compile   merge the files into var/translations, which the service reads
python -m kernel.web.translations check     list what is untranslated, contradictory or bare; exit 1 if any
python -m kernel.web.translations missing   print .po entries to fill in, for the files named after it (or all)
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

ROOT = Path(__file__).resolve().parents[3]
LOCALE = "en"
SOURCES = ("platform", "tenants", "templates", "wsgi.py")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "lazy_npgettext": ((1, "c"), 2, 3),
}
JINJA_OPTIONS = {"trimmed": "true", "silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}
CJK = re.compile(r"[㐀-鿿豈-﫿]")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
JINJA_CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
# A language is named in that language, whatever the page is in.
OWN_LANGUAGE = re.compile(r'<(\w+)[^>]*\blang="zh-CN"[^>]*>[^<]*</\1>')

Key = tuple[str | None, str]  # context, msgid (the singular one)


@dataclass(frozen=True, slots=True)
class Problem:
    kind: str  # untranslated, chinese, placeholders, conflict, bare, unreadable
    text: str
    place: str

    def __str__(self) -> str:
        return f"{self.place}: {self.kind}: {self.text}"


@dataclass(frozen=True, slots=True)
class Source:
    """A text of the program: msgid, and the plural one where it has one, with the places that say it."""

    message: str | tuple[str, str]
    context: str | None
    places: tuple[str, ...]

    @property
    def singular(self) -> str:
        return self.message if isinstance(self.message, str) else self.message[0]


def _source_files(root: Path) -> Iterator[Path]:
    for name in SOURCES:
        path = root / name
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix in (".py", ".html", ".txt", ".md"))


def extract(root: Path = ROOT) -> dict[Key, Source]:
    """Every text that the program wraps for translation."""
    found: dict[Key, Source] = {}
    for file in _source_files(root):
        is_python = file.suffix == ".py"
        method = "python" if is_python else "jinja2"
        options = {"encoding": "utf-8"} if is_python else {"encoding": "utf-8", **JINJA_OPTIONS}
        for line, message, _comments, context in extract_from_file(
            method, file, keywords=KEYWORDS, options=options, strip_comment_tags=False
        ):
            text = message if isinstance(message, str) else (str(message[0]), str(message[1]))
            singular = text if isinstance(text, str) else text[0]
            if not singular:
                continue
            place = f"{file.relative_to(root)}:{line}"
            known = found.get((context, singular))
            places = (*known.places, place) if known else (place,)
            plural = known.message if known and not isinstance(known.message, str) else text
            found[context, singular] = Source(plural, context, places)
    return found


def _key(message: Message) -> Key:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def _texts(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def merge(root: Path = ROOT) -> tuple[Catalog, list[Problem]]:
    """All modules' files as one catalogue. Where two differ on a text, the first file (by name) stands."""
    merged = Catalog(locale=LOCALE, domain="messages")
    problems: list[Problem] = []
    said_by: dict[Key, str] = {}
    for file in sorted((root / "translations" / LOCALE).glob("*.po")):
        place = str(file.relative_to(root))
        try:
            with file.open("rb") as stream:
                catalog = read_po(stream, locale=LOCALE, abort_invalid=True)
        except (PoFileError, UnicodeDecodeError, ValueError) as error:
            problems.append(Problem("unreadable", str(error), place))
            continue
        for message in catalog:
            if not message.id or message.fuzzy or not any(_texts(message)):
                continue
            key = _key(message)
            known = merged.get(key[1], key[0])
            if known is None:
                merged.add(message.id, message.string, context=message.context)
                said_by[key] = place
            elif _texts(known) != _texts(message):
                if isinstance(known.string, str) and not isinstance(message.string, str):
                    merged.add(message.id, message.string, context=message.context)
                problems.append(
                    Problem(
                        "conflict",
                        f"{key[1]} = {_texts(message)} here, {_texts(known)} in {said_by[key]}",
                        place,
                    )
                )
    return merged, problems


def missing(root: Path = ROOT) -> list[Problem]:
    """All that keeps the second language from being whole; empty when it is."""
    catalog, problems = merge(root)
    for (context, singular), source in extract(root).items():
        place = source.places[0]
        message = catalog.get(singular, context)
        texts = _texts(message) if message is not None else ()
        if not texts or not all(texts):
            if CJK.search(singular):
                problems.append(Problem("untranslated", singular, place))
            continue
        if any(CJK.search(text) for text in texts):
            problems.append(Problem("chinese", f"{singular} = {texts}", place))
        wanted = set(PLACEHOLDER.findall(singular))
        for number, text in enumerate(texts):
            given = set(PLACEHOLDER.findall(text))
            # "one page" may leave the number out; every other form must carry all.
            may_omit = len(texts) > 1 and number == 0
            if given - wanted or (wanted - given and not may_omit):
                problems.append(Problem("placeholders", f"{singular} = {text}", place))
    problems.extend(_bare_texts(root))
    return sorted(problems, key=lambda problem: (problem.place, problem.text))


def _bare_texts(root: Path) -> Iterator[Problem]:
    """Chinese that stands in a template unwrapped would stay Chinese in every language."""
    for file in sorted((root / "templates").rglob("*.html")):
        text = file.read_text(encoding="utf-8")
        for blind in (JINJA_CODE, OWN_LANGUAGE):
            text = blind.sub(lambda match: "\n" * match.group().count("\n"), text)
        for number, line in enumerate(text.splitlines(), start=1):
            if CJK.search(line):
                yield Problem("bare", line.strip(), f"{file.relative_to(root)}:{number}")


def compile_catalog(root: Path = ROOT, var: Path | None = None) -> tuple[Path, list[Problem]]:
    """Write what the service reads. Contradictions do not stop it: development goes on while files change."""
    catalog, problems = merge(root)
    target = (var or root / "var") / "translations" / LOCALE / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_suffix(".new")
    with new.open("wb") as stream:
        write_mo(stream, catalog)
    new.replace(target)
    return target, problems


def entries_to_fill(root: Path = ROOT, only: Iterable[str] = ()) -> str:
    """.po entries of what is untranslated, for texts said in a file whose path starts with one of `only`."""
    catalog, _ = merge(root)
    prefixes = tuple(only)
    lines: list[str] = []
    for (context, singular), source in sorted(extract(root).items(), key=lambda item: item[1].places[0]):
        known = catalog.get(singular, context)
        if not CJK.search(singular) or (known is not None and any(_texts(known))):
            continue
        if prefixes and not any(place.startswith(prefixes) for place in source.places):
            continue
        lines.append(f"#: {source.places[0]}")
        if context:
            lines.append(f'msgctxt "{_escape(context)}"')
        lines.append(f'msgid "{_escape(singular)}"')
        if isinstance(source.message, str):
            lines.append('msgstr ""')
        else:
            lines += [f'msgid_plural "{_escape(source.message[1])}"', 'msgstr[0] ""', 'msgstr[1] ""']
        lines.append("")
    return "\n".join(lines)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def main(arguments: list[str]) -> int:
    command = arguments[0] if arguments else ""
    if command == "compile":
        target, problems = compile_catalog()
        for problem in problems:
            click.echo(f"warning: {problem}", err=True)
        click.echo(f"compiled {target.relative_to(ROOT)}")
        return 0
    if command == "check":
        problems = missing()
        for problem in problems:
            click.echo(problem)
        click.echo(
            f"{len(problems)} problems in the English translation" if problems else "English translation complete"
        )
        return 1 if problems else 0
    if command == "missing":
        click.echo(entries_to_fill(only=arguments[1:]))
        return 0
    click.echo(__doc__, err=True)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
