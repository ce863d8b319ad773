from decimal import Decimal

import pytest

from kernel.digests import canonical, digest


def test_the_order_of_keys_does_not_matter_and_the_bytes_are_fixed():
    document = {"乙": [1, True, None], "a": {"z": "二", "b": 2.5}}
    assert canonical(document) == '{"a":{"b":2.5,"z":"二"},"乙":[1,true,null]}'.encode()
    assert digest(document) == digest({"a": {"b": 2.5, "z": "二"}, "乙": [1, True, None]})
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_a_decimal_must_be_put_into_words_first():
    with pytest.raises(TypeError):
        canonical({"price": Decimal("1.50")})
