"""Every code has its wording, with the parameters it is used with."""

import ast
import re
from pathlib import Path

import pytest

from scorecards.doctor import check
from scorecards.doctor_text import FINDINGS, SEVERITIES, finding_text, where_text
from scorecards.engine import score
from scorecards.importing import read_yaml
from scorecards.problem_text import PROBLEMS, REASONS, reason_text
from scorecards.result import Reason
from tests.unit.scorecards.forms import every_shape, perfect
from tests.unit.scorecards.test_importing import BOMB, FILES, FORM

SOURCE = Path(__file__).resolve().parents[3] / "platform" / "scorecards"
# Calls whose literal argument at that place is a code.
# Refusals of kernel.sheets.workbook; "old_or_locked" is told apart by scorecards.upload.
SHEET_REFUSALS = {
    code
    for code in re.findall(
        r'Unreadable\("([a-z_]+)"', (SOURCE.parent / "kernel" / "sheets" / "workbook.py").read_text("utf-8")
    )
    if code != "old_or_locked"
}
FINDING_CALLS = {"finding": 1, "add": 1, "Unreadable": 0}
PROBLEM_CALLS = {"Problem": 1, "wrong": 1, "Unfit": 0}


def calls(names: dict[str, int]) -> set[str]:
    found: set[str] = set()
    for path in SOURCE.glob("*.py"):
        if path.stem in ("service", "views", "api", "commands"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = names.get(name)
            if place is None or len(node.args) <= place:
                continue
            found |= {
                part.value
                for part in ast.walk(node.args[place])
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            }
    return {code for code in found if re.fullmatch(r"[a-z]+(_[a-z]+)*", code)}


def codes_of_tables() -> set[str]:
    """What the reading of tables says: (severity, code, params), and the refusals of files."""
    tables = " ".join(path.read_text("utf-8") for path in (SOURCE / "tables").glob("*.py"))
    said = set(re.findall(r'"(?:error|warning|info)",\s*"([a-z]+(?:_[a-z]+)+)"', tables))
    said |= set(re.findall(r'\("info" if \w+ else "warning", "([a-z_]+)"', tables))
    upload = (SOURCE / "upload.py").read_text("utf-8")
    said |= set(re.findall(r'_refused\("([a-z_]+)"', upload))
    return said | {f"sheet_{code}" for code in (*SHEET_REFUSALS, "locked", "old_document", "old_workbook")}


def test_every_finding_has_words_and_no_words_are_stale() -> None:
    used = calls(FINDING_CALLS) | codes_of_tables()
    doubts = {
        code
        for name in ("reading.py", "import_items.py")
        for line in re.findall(r"doubts\s*=.*", (SOURCE / name).read_text("utf-8"))
        for code in re.findall(r'"([a-z_]+)"', line)
    }
    wholes = (SOURCE / "reading_wholes.py").read_text("utf-8")
    doubts |= {
        code
        for group in re.findall(r"Whole\([^\n]*?\((\"[a-z_]+\",)\)", wholes)
        for code in re.findall(r"[a-z_]+", group)
    }
    assert used - set(FINDINGS) == set()
    assert {f"doubt_{code}" for code in doubts} - set(FINDINGS) == set()
    assert {code for code in FINDINGS if not code.startswith("doubt_")} - used == set()


def test_every_problem_has_words() -> None:
    assert calls(PROBLEM_CALLS) - set(PROBLEMS) == set()


def test_every_reason_has_words() -> None:
    assert set(REASONS) == set(Reason.__args__)
    assert set(SEVERITIES) == {"error", "warning", "info"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_findings_of_real_forms_read_as_sentences(path: Path) -> None:
    for found in read_yaml(path.read_bytes()).findings:
        text = finding_text(found)
        assert text
        assert "%(" not in text
        assert where_text(found)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a: [",
        BOMB.encode(),
        b"schema: 1\nkind: x\nplaces: 9",
        FORM.replace("kind: canteen", "kind: x").encode(),
        FORM.replace("total: 20", "total: x").encode(),
    ],
)
def test_findings_of_bad_files_read_as_sentences(data: bytes) -> None:
    for found in read_yaml(data).findings:
        assert "%(" not in finding_text(found)


def test_reasons_read_as_sentences() -> None:
    from scorecards import answers as a

    answers = perfect(every_shape()) | {
        "1": a.not_applicable("没有食堂"),
        "3": a.count(9),
        "4": a.checked({"1": 1, "9": 30}),
    }
    texts = {line.code: reason_text(line) for line in score(every_shape(), answers).account}
    assert texts["1"] == "不适用：没有食堂"
    assert texts["3"] == "9 处，达到 4 处，记 0 分"
    assert texts["4"] == "所列问题共 33 分，以 20 分为限"
    assert texts["7"] == "未发现"
    assert not check(every_shape())
