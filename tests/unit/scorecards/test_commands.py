"""`houqin forms check` and `score`: output and exit status that a script can rely on."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from scorecards.commands import forms
from scorecards.form_json import to_json
from tests.support.form_shapes import SHAPES
from tests.support.form_tables import as_xlsx
from tests.unit.scorecards.forms import every_shape, verdict_form


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "form.yaml"
    path.write_text(yaml.safe_dump(to_json(every_shape()), allow_unicode=True), "utf-8")
    return path


@pytest.fixture
def holed(tmp_path: Path) -> Path:
    path = tmp_path / "holed.json"
    path.write_text(json.dumps(to_json(verdict_form())), "utf-8")
    return path


def answers(tmp_path: Path, data: Any) -> str:
    path = tmp_path / "answers.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    return str(path)


FILLED = {
    "1": True,
    "2": 12.5,
    "3": {"count": 2, "unresolved": 1},
    "4": ["1"],
    "5": {"checked": {"1": 1, "2": 1}},
    "6": "2",
    "7": {"found": False},
}


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(forms, arguments)
    return result.exit_code, result.stdout, result.stderr


def test_a_sound_form(sound: Path) -> None:
    status, out, _ = run("check", str(sound), "--json")
    assert status == 0
    shown = json.loads(out)
    assert [(rule["code"], rule["points"], rule["review"]) for rule in shown.pop("rules")][:2] == [
        ("1", "20", ""),
        ("2", "15", ""),
    ]
    assert shown == {
        "file": "form.yaml",
        "table": "",
        "title": "测试表",
        "items": 7,
        "counts": {"error": 0, "warning": 0, "info": 0},
        "findings": [],
    }


def test_errors_end_with_status_one_and_words(holed: Path) -> None:
    status, out, _ = run("check", str(holed), "--json")
    found = json.loads(out)["findings"][0]
    assert (status, found["severity"], found["code"], found["where"]) == (1, "error", "verdict_hole", "form")
    assert "判定表有缺口：重点项不合格 1 项" in found["message"]
    status, out, _ = run("check", str(holed))
    assert status == 1
    assert "[错误] 全表：判定表有缺口" in out


def test_a_file_that_is_no_form(tmp_path: Path) -> None:
    for name, text in (("a.yaml", "a: *b"), ("a.json", "{"), ("a.json", "[" * 100_000), ("a.json", '{"a": NaN}')):
        path = tmp_path / name
        path.write_text(text)
        status, out, _ = run("check", str(path), "--json")
        assert status == 1
        assert json.loads(out)["counts"]["error"] == 1


def test_a_file_that_cannot_be_opened_ends_with_status_one(sound: Path, tmp_path: Path) -> None:
    """Only a wrong way of calling ends with two."""
    status, _, err = run("check", str(tmp_path / "absent.yaml"))
    assert status == 1
    assert "does not exist" in err
    assert run("check", str(tmp_path))[0] == 1
    assert run("score", str(sound), str(tmp_path))[0] == 1
    assert run("check")[0] == 2


def test_the_score_and_its_account(sound: Path, tmp_path: Path) -> None:
    status, out, _ = run("score", str(sound), answers(tmp_path, FILLED), "--json")
    result = json.loads(out)
    assert status == 0
    # 20 + 12.5 + (15 - 2 - 4) + (20 - 3) + 10 + 12
    assert (result["score"], result["band"], result["complete"]) == ("80.5", "良好", True)
    third = result["account"][2]
    assert (third["awarded"], third["lost"], third["reason"]) == ("9", "6", "count")
    assert third["message"] == "2 处，每处扣 2 分"
    assert run("score", str(sound), answers(tmp_path, {"answers": FILLED}), "--json")[1] == out
    status, out, _ = run("score", str(sound), answers(tmp_path, FILLED))
    assert (status, "score 80.5 / 100" in out) == (0, True)


def test_unfit_answers_are_all_named(sound: Path, tmp_path: Path) -> None:
    bad = {**FILLED, "1": 3, "2": "99", "8": True, "6": {"level": "1", "count": 1}}
    status, out, _ = run("score", str(sound), answers(tmp_path, bad), "--json")
    assert status == 1
    assert {(error["where"], error["code"]) for error in json.loads(out)["errors"]} == {
        ("8", "unknown_item"),
        ("6", "not_one_answer"),
    }
    del bad["8"], bad["6"]
    status, _, err = run("score", str(sound), answers(tmp_path, bad))
    assert status == 1
    assert "2: 应在 0 到 15 分之间 (mark_out_of_range)" in err
    assert "1: 应为 true 或 false (not_a_flag)" in err


@pytest.mark.parametrize(
    ("item", "answer"),
    [("1", 3), ("1", "true"), ("2", True), ("2", [1]), ("3", "zwei"), ("3", 1.5), ("4", "9"), ("6", 4), ("7", 2), ("6", ["1"])],
)  # fmt: skip
def test_one_answer_of_the_wrong_type_among_good_ones_is_named(
    sound: Path, tmp_path: Path, item: str, answer: Any
) -> None:
    status, out, _ = run("score", str(sound), answers(tmp_path, {**FILLED, item: answer}), "--json")
    assert status == 1
    errors = json.loads(out)["errors"]
    assert {error["where"].split(".")[0] for error in errors} == {item}
    assert all(error["message"] for error in errors)


@pytest.mark.parametrize("data", ["[]", "{", "3", '{"1": {"met": true, "odd": 1}}', '{"1": true, "1": false}'])
def test_answers_that_are_no_answers(sound: Path, tmp_path: Path, data: str) -> None:
    status, out, _ = run("score", str(sound), answers(tmp_path, data), "--json")
    assert (status, bool(json.loads(out)["errors"])) == (1, True)


def test_an_unfinished_form_says_what_is_missing(sound: Path, tmp_path: Path) -> None:
    status, out, _ = run("score", str(sound), answers(tmp_path, {"1": True}))
    assert status == 0
    assert "missing 2 3 4 5 6 7" in out


ROOMS = {
    "schema": 1,
    "title": "宿舍检查表",
    "kind": "dormitory",
    "total": "100",
    "mode": "deduct",
    "parameters": [{"name": "beds", "label": "床位数", "source": "unit"}],
    "repeat": {"unit_label": "寝室"},
    "sections": [
        {
            "code": "A",
            "title": "内务",
            "items": [
                {
                    "code": "1",
                    "no": "1",
                    "text": "被子不叠",
                    "rule": {
                        "shape": "count_deduction",
                        "unit_label": "床",
                        "unit_points_by": {
                            "parameter": "beds",
                            "rows": [{"from": "4", "value": "25"}, {"from": "8", "value": "10"}],
                        },
                    },
                }
            ],
        }
    ],
}


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    path = tmp_path / "rooms.json"
    path.write_text(json.dumps(ROOMS), "utf-8")
    return path


def test_a_visit_with_its_rooms(rooms: Path, tmp_path: Path) -> None:
    units = {"": [{"code": "101", "parameters": {"beds": 4}}, {"code": "102", "parameters": {"beds": 8}}]}
    visit = {"answers": {"1@101": 1, "1@102": 2}, "units": units, "parameters": {}, "tags": ["boarding"]}
    status, out, _ = run("score", str(rooms), answers(tmp_path, visit), "--json")
    result = json.loads(out)
    assert status == 0
    # (75 + 80) / 2
    assert (result["score"], [unit["score"] for unit in result["units"]]) == ("77.5", ["75", "80"])
    assert result["steps"][-1]["message"] == "2 个单元平均，得 77.5 分"
    status, out, _ = run("score", str(rooms), answers(tmp_path, visit))
    assert status == 0
    assert "1@101\t" in out
    assert "unit 101" in out
    missing = {"answers": {"1@101": 1}}
    status, out, _ = run("score", str(rooms), answers(tmp_path, missing))
    assert status == 0
    assert "missing parameters beds@101" in out


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"tags": "boarding"}, "tags"),
        ({"tags": [1]}, "tags"),
        ({"units": []}, "units"),
        ({"units": {"": [{"code": "101", "parameters": {"beds": "x"}}]}}, "units..0.parameters.beds"),
        ({"parameters": 3}, "parameters"),
        ({"colour": 1}, "colour"),
        ({"answers": {"1": 2}}, "1"),
    ],
)
def test_a_visit_in_another_shape(rooms: Path, tmp_path: Path, change: dict[str, Any], where: str) -> None:
    status, out, _ = run("score", str(rooms), answers(tmp_path, {"answers": {"1@101": 1}} | change), "--json")
    assert status == 1
    assert where in {error["where"] for error in json.loads(out)["errors"]}


@pytest.mark.parametrize("kind", [0, 1], ids=["xlsx", "docx"])
def test_tables_are_checked_and_scored_like_any_form(tmp_path: Path, kind: int) -> None:
    name, data = SHAPES["tiers and staff"].files()[kind]
    path = tmp_path / name
    path.write_bytes(data)
    status, out, _ = run("check", str(path), "--json")
    found = json.loads(out)
    assert status == 0
    assert (found["title"], found["items"]) == ("食堂从业人员管理评分表", 4)
    assert [rule["shape"] for rule in found["rules"]] == ["tiers", "required_count", "levels", "levels"]
    assert [rule["review"] for rule in found["rules"]] == ["", "confirm", "", ""]
    visit = {"answers": {"1": 1, "2": 2, "3": "2", "4": "1"}, "parameters": {"pupils": 1200}}
    status, out, _ = run("score", str(path), answers(tmp_path, visit), "--json")
    assert status == 0
    assert json.loads(out)["score"] == "25"  # 10 of 15, 4 of 5 (three are needed), 6 of 10, 5 of 5


def test_one_of_several_tables(tmp_path: Path) -> None:
    path = tmp_path / "两张.xlsx"
    pages = [SHAPES[name].drawings()[0] for name in ("spread title", "common rule")]
    path.write_bytes(as_xlsx(*pages, names=("卫生", "公寓")))
    status, out, _ = run("check", str(path), "--table", "卫生", "--json")
    assert (status, json.loads(out)["table"], json.loads(out)["items"]) == (0, "卫生", 2)
    status, out, _ = run("check", str(path))
    assert "几张表" in out
    status, out, _ = run("check", str(path), "--table", "没有", "--json")
    assert status == 1
    assert [one["code"] for one in json.loads(out)["findings"]] == ["table_unknown"]


def test_a_table_that_cannot_be_read_ends_with_status_one(tmp_path: Path) -> None:
    path = tmp_path / "旧.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    status, out, _ = run("check", str(path))
    assert status == 1
    assert "另存为 .xlsx" in out
