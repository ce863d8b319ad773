"""`houqin committee verify` and the words of articles: pure."""

import json
from pathlib import Path

from click.testing import CliRunner

from bureau.draws.chance import commitment_of, digest, key_of
from bureau.evaluation.commands import committee
from bureau.evaluation.labels import article
from bureau.evaluation.verification import FORMAT, order_of

SEED = bytes(range(32))
POOLS = {"experts": [{"id": f"e{n}", "recused": "tie_relative" if n == 3 else ""} for n in range(8)], "bidders": ["x"]}
RULES = {"tender": "t1", "count": 4, "public_value": ""}


def document() -> dict:
    result = {"order": order_of(POOLS, RULES, key_of(SEED, ""))}
    return {
        "format": FORMAT, "seed": SEED.hex(), "pools": POOLS, "rules": RULES, "result": result, "public_value": "",
        "commitment": commitment_of(SEED, POOLS, RULES), "result_digest": digest(result), "replacements": [],
    }  # fmt: skip


def run(tmp_path: Path, found: dict, *options: str) -> tuple[int, str]:
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(found))
    answer = CliRunner().invoke(committee, ["verify", str(file), *options])
    return answer.exit_code, answer.output


def test_a_true_draw_holds(tmp_path):
    found = document()
    assert "e3" not in found["result"]["order"]
    assert run(tmp_path, found, "--commitment", found["commitment"].upper())[0] == 0


def test_another_seed_another_pool_or_another_order_is_named(tmp_path):
    for change, word in (
        ({"seed": bytes(32).hex()}, "commitment"),
        ({"pools": {**POOLS, "experts": POOLS["experts"][:-1]}}, "commitment"),
        ({"result": {"order": [f"e{n}" for n in range(8)]}}, "recused"),
    ):
        code, output = run(tmp_path, {**document(), **change})
        assert code == 1
        assert any(line.startswith("FAIL") and word in line for line in output.splitlines())


def test_whoever_recuses_later_moves_nobody_else():
    without = {**POOLS, "experts": [{**one, "recused": ""} for one in POOLS["experts"]]}
    key = key_of(SEED, "")
    assert [one for one in order_of(without, RULES, key) if one != "e3"] == order_of(POOLS, RULES, key)


def test_not_a_draw_is_a_failed_check_and_no_crash(tmp_path):
    for broken in ({}, {"format": FORMAT}, {**document(), "pools": {"experts": [{}]}}, {**document(), "seed": None}):
        assert run(tmp_path, broken)[0] == 1


def test_an_article_is_said_as_the_law_says_it():
    assert article("order_87:59:4").endswith("（财政部令第87号）第五十九条第四项")
    assert article("order_87:60").endswith("第六十条")
    assert article("caiku_2026_2") == "财库〔2026〕2号"
