"""Forms from files: the collected ones, our own shape, and garbage."""

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scorecards import examples
from scorecards.engine import Scorer
from scorecards.form import CountDeduction, Judged, Repeat, VetoOnly, decimal_text
from scorecards.form_json import from_json, to_json
from scorecards.importing import Imported, read_data, read_yaml
from tests.unit.scorecards.forms import D, every_shape, perfect

HERE = Path(__file__).resolve()
SHARED = Path(os.environ.get("HOUQIN_SHARED") or HERE.parents[3].parent / "shared") / "forms"
COLLECTED = sorted(SHARED.glob("*.yaml"))
# Where the collected forms are not at hand, the bundled examples stand in for them.
BUNDLED = sorted((HERE.parents[3] / "platform" / "scorecards" / "examples").glob("*.yaml"))
FILES = COLLECTED or BUNDLED


def findings(imported: Imported) -> set[tuple[str, str, str]]:
    return {(found.severity, found.code, found.where) for found in imported.findings}


def of_text(text: str) -> Imported:
    return read_yaml(text.encode())


@pytest.mark.parametrize(
    "path", FILES, ids=lambda path: path.stem + ("" if COLLECTED else " (bundled: no collected forms here)")
)
def test_every_form_is_imported_and_can_be_scored(path: Path) -> None:
    imported = read_yaml(path.read_bytes())
    form = imported.form
    assert form is not None
    raw = yaml.safe_load(path.read_text("utf-8"))
    assert len(list(form.items())) == sum(len(section["items"]) for section in raw["sections"])
    assert from_json(to_json(form)) == form
    answers = perfect(form)
    if form.repeat:
        answers = {f"{code}@1": answer for code, answer in answers.items()}
    result = Scorer(form).score(answers)
    if raw.get("scoring", {}).get("unit"):
        assert form.repeat == Repeat(unit_label=raw["scoring"]["unit"])
    assert all(line.lost == 0 for line in result.account)
    if not str(raw.get("completeness", "complete")).startswith("complete"):
        assert "source_incomplete" in {found.code for found in imported.findings}


# file → what must be found there, besides harmless remarks
KNOWN: dict[str, set[tuple[str, str, str]]] = {
    "canteen_01": set(),
    "canteen_02": {("error", "verdict_hole", "form")},
    "canteen_04": {
        ("error", "section_sum", "section:2"),
        ("error", "section_sum", "section:3"),
        ("error", "total_sum", "form"),
        ("error", "sections_sum", "form"),
    },
    "canteen_05": set(),
    "canteen_07": set(),
    "dorm_01": {("error", "band_gap", "band:及格")},
    "dorm_03": set(),
    "dorm_05": set(),
    "dorm_07": {("error", "section_sum", "section:4"), ("error", "total_sum", "form")},
    "logistics_01": {("error", "section_without_items", "section:4"), ("error", "total_sum", "form")},
    "logistics_02": {("error", "sections_sum", "form"), ("error", "total_sum", "form")},
    "safety_01": set(),
    "safety_02": set(),
    "safety_03": {
        ("error", "total_sum", "form"),
        ("error", "item_without_points", "item:1.1"),
        ("error", "item_without_points", "item:1.2"),
    },
    "safety_06": {
        ("error", "total_sum", "form"),
        ("error", "item_without_points", "item:3"),
    },
    "safety_07": {
        ("error", "section_sum", "section:2"),
        ("error", "total_sum", "form"),
        ("error", "sections_sum", "form"),
    },
}


@pytest.mark.parametrize("path", COLLECTED or BUNDLED[:1], ids=lambda path: path.stem)
def test_the_errors_of_every_collected_form_are_just_these(path: Path) -> None:
    short = "_".join(path.stem.split("_")[:2])
    imported = read_yaml(path.read_bytes())
    assert {found for found in findings(imported) if found[0] == "error"} == KNOWN.get(short, set()), short


FORM = """
title: 测试表
kind: canteen
total: 20
completeness: complete
scoring: {model: count_deduction_capped, na_rule: 合理缺项标化}
sections:
- title: 一
  points: １０分
  items:
  - {no: 1, text: 甲, points: 0.7, rule: 每处扣0.1, method: 现场查看}
  - {no: "1", text: 乙, points: 9.3, rule: 看着办}
- title: 二
  points: 10
  items:
  - {no: "一", text: 丙, points: 10, rule: 每处扣2}
  - {no: V1, text: 丁, rule: 一票否决(无校车则不适用), veto: true}
bands:
- {label: 合格, min: 12, max: 20}
- {label: 不合格, min: 0, max: 12}
"""


def test_figures_stay_exact_and_codes_unique() -> None:
    imported = of_text(FORM)
    form = imported.form
    assert form is not None
    assert [(row.code, row.no) for row in form.items()] == [("1", "1"), ("1.1", "1"), ("2.1", "一"), ("V1", "V1")]
    assert [None if row.points is None else decimal_text(row.points) for row in form.items()] == [
        "0.7",
        "9.3",
        "10",
        None,
    ]
    assert form.sections[0].points == 10
    assert form.item("1").rule == CountDeduction(D("0.1"), "处")
    assert (form.na_policy, all(row.na_allowed for row in form.items())) == ("renormalise", True)
    assert (form.item("V1").rule, form.item("V1").tags) == (VetoOnly(), ("school_bus",))


def test_an_unread_rule_is_judged_until_a_person_decides() -> None:
    imported = of_text(FORM)
    assert imported.form is not None
    row = imported.form.item("1.1")
    assert (row.rule, row.review, row.rule_text) == (Judged(), "decide", "看着办")
    assert ("warning", "rule_needs_person", "item:1.1") in findings(imported)
    assert imported.readings["1.1"].confidence < 50


def test_parts_that_do_not_add_up_are_an_error_though_the_item_can_be_judged() -> None:
    imported = of_text(FORM.replace("看着办", "（1）甲（9分）（2）乙（9分）"))
    assert imported.form is not None
    assert imported.form.item("1.1").rule == Judged()
    assert ("error", "doubt_parts_do_not_close", "item:1.1") in findings(imported)


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("kind: canteen", "kind: pool", ("warning", "kind_unknown", "form")),
        ("total: 20", "total: -3", ("error", "field_not_points", "form")),
        ("total: 20", "total: [1]", ("error", "field_not_points", "form")),
        ("points: 0.7", "points: 0.70001", ("error", "field_not_points", "item:1")),
        ("points: 0.7", "points: .nan", ("error", "field_not_points", "item:1")),
        ("points: 0.7", "points: true", ("error", "field_not_points", "item:1")),
        ("text: 甲", "text: [甲]", ("error", "field_not_text", "item:1")),
        ("text: 甲, ", "", ("error", "item_without_text", "item:1")),
        ("text: 甲", "colour: 红, text: 甲", ("info", "key_ignored", "item:1")),
        ("completeness: complete", "n_items: 9", ("error", "item_count", "form")),
        ("completeness: complete", "completeness: 80/100分", ("warning", "source_incomplete", "form")),
        ("completeness: complete", "colour: 红", ("info", "key_ignored", "form")),
        ("  - {no: V1", "  - 3\n  - {no: V1", ("error", "item_unreadable", "section:2")),
        ("bands:\n", "bands:\n- 3\n", ("error", "bands_unreadable", "form")),
        ("min: 12, max: 20", "max: 20", ("error", "band_without_minimum", "band:合格")),
        ("label: 不合格", "label: 合格", ("error", "band_twice", "band:合格")),
        ("min: 12, max: 20", "rule: 总体不错", ("error", "verdict_not_understood", "verdict:合格")),
        ("max: 12", "max: 13", ("error", "band_overlap", "band:不合格")),
        ("model: count_deduction_capped", "model: yes_no_key_general", ("warning", "model_differs", "form")),
        ("model: count_deduction_capped", "unit: 窗口", ("warning", "repeated_unit", "form")),
    ],
)
def test_what_does_not_fit_becomes_a_finding(old: str, new: str, finding: tuple[str, str, str]) -> None:
    assert old in FORM
    imported = of_text(FORM.replace(old, new, 1))
    assert finding in findings(imported)
    assert imported.form is not None


def test_the_bare_word_no_is_a_key_like_any_other() -> None:
    plain = of_text("title: t\nkind: safety\nsections: [{title: 一, items: [{no: 7, text: 甲, points: 5, rule: 扣5}]}]")
    assert plain.form is not None
    assert [row.code for row in plain.form.items()] == ["7"]


def test_flagged_addresses_never_reach_the_form() -> None:
    text = (
        FORM
        + "source: 监管系统 ; https://bad.example.org/x ; https://good.example.com/y\n"
        + "source_warning: '勿外链: example.org'\n"
    )
    imported = of_text(text)
    assert imported.form is not None
    assert imported.form.source == "监管系统 ; https://good.example.com/y"
    assert ("info", "source_not_linkable", "form") in findings(imported)


def test_our_own_shape_is_read_back() -> None:
    document = yaml.safe_dump(to_json(every_shape()), allow_unicode=True).encode()
    assert read_yaml(document) == Imported(every_shape(), [], {})
    broken = read_data(to_json(every_shape()) | {"kind": "x", "odd": 1})
    assert broken.form is None
    assert {found.params["path"] for found in broken.findings} == {"kind", "odd"}


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_a_form"),
        (b"- 1\n- 2", "not_a_form"),
        (b"just words", "not_a_form"),
        (b"a: b: c", "yaml_syntax"),
        (b"{a: [", "yaml_syntax"),
        (b"\xff\xfe\x00\x01", "file_not_text"),
        (b"a: \x00", "file_not_text"),
        (b"\x89PNG\r\n\x1a\n\x00", "file_not_text"),
        (BOMB.encode(), "yaml_alias"),
        (b"a: *nowhere", "yaml_alias"),
        (b"[" * 5000, "yaml_too_complex"),
        (b"a: " + b"{b: " * 200 + b"1" + b"}" * 200, "yaml_too_complex"),
        (b"- 1\n" * 60_000, "yaml_too_complex"),
        (b"a: 1\n---\nb: 2", "yaml_too_complex"),
        (b"x" * 600_000, "file_too_large"),
        (b"a: 1\na: 2", "yaml_bad_key"),
        (b"? [a]\n: 1", "yaml_bad_key"),
        (b"a: !!python/object/apply:os.system ['true']", "yaml_bad_tag"),
        (b"a: !mine x", "yaml_bad_tag"),
        (b"title: t", "sections_missing"),
        (b"sections: [{title: a, items: []}]", "title_missing"),
        (b"title: t\nsections: {a: 1}", "sections_missing"),
        (b"schema: 9\ntitle: t", "contradiction"),
    ],
)
def test_garbage_is_answered_with_a_finding(data: bytes, code: str) -> None:
    imported = read_yaml(data)
    assert imported.form is None
    assert code in {found.code for found in imported.findings}
    assert all(found.severity == "error" for found in imported.findings if found.code == code)


def test_a_file_in_the_older_chinese_encoding_is_read() -> None:
    imported = read_yaml(FORM.encode("gb18030"))
    assert imported.form is not None
    assert imported.form.title == "测试表"


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_import(data: bytes) -> None:
    read_yaml(data)


_keys = st.sampled_from(["title", "items", "points", "rule", "no", "text", "label", "min"])
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=12,
)
_optional = dict.fromkeys(("bands", "scoring", "total", "kind", "notes", "source", "completeness"), _json)


@given(st.fixed_dictionaries({"title": st.just("表"), "sections": st.lists(_json, max_size=3)}, optional=_optional))
def test_no_wrong_types_crash_the_import(raw: object) -> None:
    imported = read_data(raw)
    assert imported.form is not None or imported.findings


def test_the_bundled_examples_are_sound() -> None:
    assert len(examples.names()) >= 7
    for name in examples.names():
        form = examples.load(name)
        assert form.title.startswith("示例"), name
        assert form.source, name
        assert "http" not in form.source, name
        assert not any(row.needs_review for row in form.items()), name
        from scorecards.doctor import check, has_errors

        assert not has_errors(check(form)), name
        answers = perfect(form)
        result = Scorer(form).score(answers)
        assert result.complete
        assert result.score == form.total
    with pytest.raises(KeyError):
        examples.load("../secrets")
