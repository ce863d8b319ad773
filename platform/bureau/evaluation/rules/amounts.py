"""大写金额: fen to Chinese capital amounts and back.

The writer follows the rules for filling in payment vouchers: 整 after 元 and 角, one 零 for any run of zeros.
The reader also takes everyday numerals, 圆, 正 and a missing 整; what can be read in two ways it refuses.
"""

import re

DIGITS = "零壹贰叁肆伍陆柒捌玖"
MOST_FEN = 10**18 - 1  # 9,999 trillion yuan and 99 fen: below ten thousand times 亿亿

_SAME = str.maketrans(
    {
        **dict(zip("〇一二三四五六七八九", DIGITS, strict=True)),
        "两": "贰",
        "貳": "贰",
        "參": "叁",
        "叄": "叁",
        "陸": "陆",
        "柒": "柒",
        "弍": "贰",
        "壱": "壹",
        "十": "拾",
        "百": "佰",
        "千": "仟",
        "萬": "万",
        "億": "亿",
        "圆": "元",
        "圓": "元",
        "正": "整",
    }
)
_BLANK = re.compile(r"[\s\u3000]+")
_PREFIX = re.compile(r"^(?:人民币|RMB|[¥￥])[:：]?")
_SMALL = (("仟", 1000), ("佰", 100), ("拾", 10))


class UnreadableAmount(ValueError):
    """Not an amount, or one that can be read in two ways: a person has to look."""


def capital(fen: int) -> str:
    """人民币大写 of an amount: 123456 → 壹仟贰佰叁拾肆元伍角陆分."""
    if not 0 <= fen <= MOST_FEN:
        raise ValueError("an amount between nothing and the largest that has a name")
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    written = _whole(yuan) + "元" if yuan or not rest else ""
    if not rest:
        return written + "整"
    if jiao:
        written += DIGITS[jiao] + "角"
    elif yuan:
        written += "零"
    return written + (DIGITS[cents] + "分" if cents else "整")


def _whole(number: int) -> str:
    if number >= 10**8:
        return _joined(number, 10**8, "亿")
    if number >= 10**4:
        return _joined(number, 10**4, "万")
    for name, size in _SMALL:
        if number >= size:
            high, low = divmod(number, size)
            gap = DIGITS[0] if low and low * 10 < size else ""
            return DIGITS[high] + name + gap + (_whole(low) if low else "")
    return DIGITS[number]


def _joined(number: int, size: int, name: str) -> str:
    high, low = divmod(number, size)
    gap = DIGITS[0] if low and low * 10 < size else ""
    return _whole(high) + name + gap + (_whole(low) if low else "")


def read_capital(text: str) -> int:
    """Fen. Raises UnreadableAmount."""
    plain = _PREFIX.sub("", _BLANK.sub("", text)).translate(_SAME)
    whole, yuan, rest = plain.partition("元")
    if not yuan:
        whole, rest = "", plain
        if "角" not in rest and "分" not in rest:
            raise UnreadableAmount(text)
    found = re.fullmatch(r"(零?)(?:([零壹贰叁肆伍陆柒捌玖])角)?(零?)(?:([零壹贰叁肆伍陆柒捌玖])分)?整?", rest)
    if found is None or (yuan and not whole):
        raise UnreadableAmount(text)
    _first, jiao, _second, cents = found.groups()
    fen = 10 * _digit(jiao) + _digit(cents)
    return (_read_whole(whole, text) * 100 if yuan else 0) + fen


def _digit(character: str | None) -> int:
    return DIGITS.index(character) if character else 0


def _read_whole(written: str, text: str) -> int:
    if written == DIGITS[0]:
        return 0
    high, name, low = written.rpartition("亿")
    if name:
        above = _below(high, 10**8, text)
        return _nonzero(above, text) * 10**8 + _tail(low, text, 10**8)
    return _below(written, 10**8, text)


def _below(written: str, bound: int, text: str) -> int:
    high, name, low = written.rpartition("万")
    if name:
        value = _nonzero(_section(high, text), text) * 10**4 + _tail(low, text, 10**4)
    else:
        value = _section(written, text)
    if value >= bound:
        raise UnreadableAmount(text)
    return value


def _tail(low: str, text: str, bound: int) -> int:
    """What follows 万 or 亿. A lone digit there (壹万伍元) could mean five or five thousand: refused without 零."""
    if not low:
        return 0
    if len(low) == 1:
        raise UnreadableAmount(text)
    gapless = low.removeprefix(DIGITS[0])
    value = _below(gapless, bound, text) if bound == 10**8 else _section(gapless, text)
    return _nonzero(value, text)


def _nonzero(value: int, text: str) -> int:
    if not value:
        raise UnreadableAmount(text)
    return value


def _section(written: str, text: str) -> int:
    """Below ten thousand: digits with 仟, 佰, 拾 in falling order. 拾 may stand without 壹 at the beginning."""
    total, rest, above = 0, written, 10**4
    gap = False
    while rest:
        if rest[0] == DIGITS[0]:
            if gap or not total or len(rest) == 1:
                raise UnreadableAmount(text)
            gap, rest = True, rest[1:]
            continue
        if rest[0] == "拾" and not total and not gap:
            digit, rest = 1, rest
        elif rest[0] in DIGITS:
            digit, rest = DIGITS.index(rest[0]), rest[1:]
        else:
            raise UnreadableAmount(text)
        size = next((size for name, size in _SMALL if rest.startswith(name)), 1)
        if size > 1:
            rest = rest[1:]
        if size >= above or (size == 1 and rest) or (size == 1 and total and above > 10 and not gap):
            raise UnreadableAmount(text)
        total, above, gap = total + digit * size, size, False
    return _nonzero(total, text)
