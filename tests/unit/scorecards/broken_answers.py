"""Answers that a rule may be unable to take: near misses and nonsense, as parsed JSON has them.

Left out is what no phone can send: 1.0 is 1 there, and whole numbers of 22 digits have an exponent.
"""

from typing import Any

from hypothesis import strategies as st

from scorecards.answers import ANSWER_KINDS

_numbers = st.integers(-3, 40) | st.integers(-(10**20), 10**20)
_fractions = st.floats(allow_nan=False, allow_infinity=False).filter(lambda value: not value.is_integer())
MARKS = (
    "5", "0.5", "-0", "-0.5", "+2", ".5", "5.", ".", "", "1e1", "5E-1", "0E-9", "0.500000000", "5.000000000000000",
    "1E-300", "1E+999999", "0E99", "1_0", "_", "１２", "２.５", "٣", "𝟙𝟘", " 3 ", "\u00a04\u3000", "\ufeff4", "1 0", "0x1",
    "1e", "e1", "1.2.3", "nan", "Infinity", "sNaN1", "二", "9" * 20, "1" * 21,
)  # fmt: skip
_marks = st.sampled_from(MARKS)
_texts = st.sampled_from(("", " ", "\x1c\x85", "\ufeff", "1", "2", "9", "没有", "𠮷" * 70, "x" * 600)) | _marks
_flags = st.sampled_from((True, False, None, 0, 1, "", "yes", (), {}, [1], {"a": 1}))
_scalars = st.none() | st.booleans() | _numbers | _fractions | _texts
_codes = st.sampled_from(("1", "2", "3", "9", "constructor", "__proto__", "𠮷", "x" * 70, "veto", "count"))
_entries = st.dictionaries(_codes, _scalars, max_size=3) | st.lists(_codes | _scalars, max_size=3)
_values = _scalars | _entries | st.lists(_scalars, max_size=2)
_keys = st.sampled_from((*ANSWER_KINDS, "unresolved", "veto", "remark", "ﬁ", "𠮷"))

answers: st.SearchStrategy[Any] = st.one_of(
    _values,
    st.dictionaries(_keys, _values, max_size=3),
    st.builds(lambda value, veto: {"met": value, "veto": veto}, st.booleans(), _flags),
    st.builds(lambda value, again: {"count": value, "unresolved": again}, _numbers, _scalars),
    st.builds(lambda value: {"judged": value}, _marks | _numbers),
    st.builds(lambda value: {"checked": value}, _entries),
    st.builds(lambda reason, veto: {"not_applicable": reason, "veto": veto}, _texts, _flags),
)
