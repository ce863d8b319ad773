import hashlib
from decimal import Decimal

import pytest

from bureau.fill import rules
from bureau.fill.rules import Held, Sent, merge

MET, NOT = {"met": True}, {"met": False}
D = rules.answer_digest


def sent(answer, base=None, remark=""):
    return {"k": Sent(answer, remark, base)}


@pytest.mark.parametrize(
    ("mine", "held", "kept", "expected"),
    [
        (sent(MET), {}, {}, "writes"),
        (sent(None), {}, {}, ""),  # nothing said, nothing there
        (sent(None, remark="x"), {}, {}, "writes"),
        (sent(MET, base="lost by the service"), {}, {}, "writes"),
        (sent(MET), {"k": Held(MET, "")}, {}, ""),  # the same value from both
        (sent(MET), {"k": Held(NOT, "")}, {}, "conflicts"),  # never seen theirs
        (sent(MET, base=D(MET, "old")), {"k": Held(NOT, "")}, {}, "conflicts"),
        (sent(MET, base=D(NOT, "")), {"k": Held(NOT, "")}, {}, "writes"),  # seen, and replaced on purpose
        (sent(MET), {"k": Held(NOT, "")}, {"k": D(NOT, "")}, "writes"),  # my own, the reply was lost
        (sent(MET), {"k": Held(NOT, "x")}, {"k": D(NOT, "")}, "conflicts"),  # mine, but changed by somebody
        (sent(MET, remark="y"), {"k": Held(MET, "x")}, {}, "conflicts"),  # the remark counts
        (sent(MET), {"k": Held(None, "")}, {}, "writes"),  # cleared, never handed out
        (sent(MET, base=D(NOT, "")), {"k": Held(None, "")}, {}, "conflicts"),  # cleared after I saw it
        (sent(None, base=D(NOT, "")), {"k": Held(NOT, "")}, {}, "writes"),  # I clear what I saw
    ],
)
def test_merging(mine, held, kept, expected):
    merged = merge(mine, held, kept)
    assert (merged.writes, merged.conflicts) == (
        ("k",) if expected == "writes" else (),
        ("k",) if expected == "conflicts" else (),
    )


def test_canonical_json_is_what_another_language_would_write():
    assert rules.canonical({"b": "中", "a": [1, "1.50", None, True]}) == '{"a":[1,"1.50",null,true],"b":"中"}'.encode()
    assert rules.answer_digest(None, "") == hashlib.sha256(b'{"answer":null,"remark":""}').hexdigest()


def test_the_manifest_does_not_depend_on_order_or_repetition():
    assert rules.manifest_of(["b", "a", "a"]) == rules.manifest_of(["a", "b"])
    assert rules.manifest_of([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_receipts_hash_depends_on_all_that_it_says_and_on_what_came_before():
    one = rules.receipt_hash(rules.GENESIS, {"a": 1})
    assert one != rules.receipt_hash(rules.GENESIS, {"a": 2})
    assert one != rules.receipt_hash(one, {"a": 1})
    assert rules.receipt_signature("secret", one) != rules.receipt_signature("other", one)


@pytest.mark.parametrize(
    ("client", "server", "same"),
    [
        ({"score": 90, "maximum": "100"}, {"score": "90.0", "maximum": "100"}, True),
        ({"score": "90.1", "maximum": "100"}, {"score": "90.0", "maximum": "100"}, False),
        (
            {"score": None, "maximum": None, "verdict": "符合"},
            {"score": None, "maximum": None, "verdict": "符合"},
            True,
        ),
        ({"score": None, "verdict": "符合"}, {"score": None, "verdict": "不符合"}, False),
        ({"score": "90", "band": ""}, {"score": "90", "band": None}, True),
    ],
)
def test_scores_are_compared_as_numbers_and_words(client, server, same):
    assert rules.same_score(client, server) is same


def test_the_school_signs_or_it_is_said_why_not():
    assert rules.required_signers(["a", "b"], {"inspector:a"}, "") == ["inspector:b", "school"]
    assert rules.required_signers(["a"], {"inspector:a"}, " 不同意扣分 ") == []
    assert rules.required_signers(["a"], {"inspector:a"}, "  ") == ["school"]


def test_rooms_of_two_inspectors_stand_together():
    parts = [
        {"A": [{"code": "1", "label": "一"}, {"code": "2", "label": "二"}]},
        {"A": [{"code": "2", "label": "二号"}, {"code": "3", "label": "三"}], "B": [{"code": "x", "label": ""}]},
    ]
    merged = rules.merged_units(parts)
    assert [unit["code"] for unit in merged["A"]] == ["1", "2", "3"]
    assert merged["A"][1]["label"] == "二"
    assert list(merged) == ["A", "B"]


def test_a_clock_is_off_beyond_the_figure_in_either_direction():
    assert [rules.clock_is_off(ms, Decimal(10)) for ms in (600_000, 600_001, -600_001, 0)] == [False, True, True, False]
