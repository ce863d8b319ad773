import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.evaluation.rules.amounts import MOST_FEN, UnreadableAmount, capital, read_capital

WRITTEN = {
    0: "零元整",
    1: "壹分",
    10: "壹角整",
    100: "壹元整",
    101: "壹元零壹分",
    110: "壹元壹角整",
    1_000: "壹拾元整",
    100_500: "壹仟零伍元整",
    140_950: "壹仟肆佰零玖元伍角整",
    600_714: "陆仟零柒元壹角肆分",
    10_700_053: "壹拾万柒仟元伍角叁分",
    1_640_902: "壹万陆仟肆佰零玖元零贰分",
    1_050_000: "壹万零伍佰元整",
    10_000_000_000: "壹亿元整",
    10_000_000_100: "壹亿零壹元整",
    10**17: "壹仟万亿元整",
}


@pytest.mark.parametrize(("fen", "words"), WRITTEN.items())
def test_amounts_are_written_as_on_a_cheque(fen, words):
    assert capital(fen) == words


@given(st.integers(0, MOST_FEN) | st.lists(st.sampled_from("0003579"), min_size=1, max_size=18).map("".join).map(int))
def test_what_is_written_is_read_again(fen):
    assert read_capital(capital(fen)) == fen


@pytest.mark.parametrize(
    ("words", "fen"),
    [
        ("人民币拾伍万零叁佰圆正", 15_030_000), ("￥：三千五百元", 350_000), ("壹 仟 元", 100_000), ("伍角", 50),
        ("壹元伍角", 150), ("壹萬貳仟參佰肆拾伍元陸角柒分", 1_234_567), ("壹万伍佰元整", 1_050_000), ("零元整", 0),
        ("十一元", 1_100), ("壹元零角伍分", 105), ("壹拾万零柒仟元伍角叁分", 10_700_053), ("壹拾万柒仟元零伍角叁分", 10_700_053),
    ],
)  # fmt: skip
def test_everyday_spellings_are_read(words, fen):
    assert read_capital(words) == fen


@pytest.mark.parametrize(
    "words",
    [
        "", "元", "整", "壹佰万", "壹万伍元", "壹仟伍元", "壹佰伍仟元", "壹元伍", "壹拾贰万叁", "壹壹元", "零伍元", "伍零元",
        "壹仟零元", "仟元", "壹万万元", "壹亿贰亿元", "叁元元", "约壹元", "壹元伍分叁角", "万元", "亿元", "壹万亿亿元",
        "壹仟零零伍元",
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_is_refused(words):
    with pytest.raises(UnreadableAmount):
        read_capital(words)


@given(st.text(alphabet="零壹贰伍玖拾佰仟万亿元角分整", max_size=14))
def test_whatever_is_read_is_written_back_to_the_same_amount(words):
    try:
        fen = read_capital(words)
    except UnreadableAmount:
        return
    assert read_capital(capital(fen)) == fen


@pytest.mark.parametrize("fen", [-1, MOST_FEN + 1])
def test_an_amount_without_a_name_is_refused(fen):
    with pytest.raises(ValueError, match="between nothing"):
        capital(fen)
