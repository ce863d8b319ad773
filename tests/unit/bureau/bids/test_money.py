"""What the bidding page computes: amounts, and the total in capital characters."""

import json
import random
import subprocess
from decimal import ROUND_HALF_UP, Decimal

import pytest

from tests.support.typescript import NODE, bundle


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    script = bundle("tests/support/money_lines.ts", tmp_path_factory.mktemp("money") / "money.mjs")

    def asked(**questions):
        done = subprocess.run(
            [str(NODE), str(script), json.dumps(questions)], capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    return asked


WORDS = {
    0: "零元整",
    1: "壹分",
    10: "壹角整",
    105: "壹元零伍分",
    120: "壹元贰角整",
    100_00: "壹佰元整",
    10_005_00: "壹万零伍元整",
    101_010_10: "壹拾万壹仟零壹拾元壹角整",
    1_002_030_50: "壹佰万贰仟零叁拾元伍角整",
    100_000_000_00: "壹亿元整",
    100_000_001_00: "壹亿零壹元整",
    120_003_004_05: "壹亿贰仟万叁仟零肆元零伍分",
    19_500_000: "壹拾玖万伍仟元整",
}


def test_totals_in_capital_characters(ask):
    found = dict(zip(WORDS, ask(words=list(WORDS))["words"], strict=True))
    assert found == WORDS


def test_amounts_are_exact_and_round_half_a_fen_up(ask):
    chance = random.Random(5)
    asked = [
        (chance.randrange(1, 10**6), f"{chance.randrange(0, 10**6)}.{chance.randrange(0, 1000):03}") for _ in range(300)
    ]
    asked += [(1, "0.5"), (3, "0.5"), (2500, "10000"), (10**7, "99999.999")]
    wanted = [int((Decimal(fen) * Decimal(quantity)).quantize(Decimal(1), ROUND_HALF_UP)) for fen, quantity in asked]
    assert ask(amounts=asked)["amounts"] == wanted


def test_yuan_as_people_type_it(ask):
    asked = {
        "21.5": 2150,
        "¥1,234.50": 123450,
        "21．50": 2150,
        " 7 ": 700,
        "1.234": None,
        "-1": None,
        "abc": None,
        "": None,
        "1e3": None,
    }
    assert dict(zip(asked, ask(yuan=list(asked))["yuan"], strict=True)) == asked


def test_discounts(ask):
    asked = {"12.5": "12.5", "12.5%": "12.5", "0": "0", "100": None, "99.9999": "99.9999", "1.00001": None, "-3": None}
    assert dict(zip(asked, ask(discounts=list(asked))["discounts"], strict=True)) == asked
