"""统一社会信用代码 (GB 32100-2015): 18 characters, the last of them computed from the others. Pure."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z
LENGTH = 18
_WEIGHTS = tuple(pow(3, position, 31) for position in range(LENGTH - 1))


def normalise(code: str) -> str:
    """As it is kept: upper case, without blanks, full-width forms folded."""
    folded = "".join(chr(ord(one) - 0xFEE0) if "！" <= one <= "～" else one for one in code)
    return "".join(folded.split()).upper()


def check_character(first_17: str) -> str:
    """ValueError for a character that the alphabet lacks."""
    total = sum(ALPHABET.index(one) * weight for one, weight in zip(first_17, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def is_valid(code: str) -> bool:
    """Whether a normalised code can exist: length, alphabet, region digits and check character."""
    if len(code) != LENGTH or any(one not in ALPHABET for one in code) or not code[2:8].isdigit():
        return False
    return check_character(code[:-1]) == code[-1]


def invented(number: int, region: str = "000000") -> str:
    """A well-formed code that no company has (region 000000 does not exist), for demo and test data."""
    first = f"91{region}{number:09d}"
    return first + check_character(first)
