from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from kernel.identity.totp import (
    RECOVERY_CODES,
    accepted_step,
    new_one_time_password,
    new_recovery_codes,
    new_secret,
    normalise_code,
    provisioning_uri,
)

# RFC 6238 appendix B, SHA-1, the last six digits.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
VECTORS = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]


def moment(seconds):
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_standard_vectors(seconds, code):
    assert accepted_step(SECRET, code, moment(seconds), None) == seconds // 30


@pytest.mark.parametrize(("late", "accepted"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_a_clock_may_be_off_by_one_step(late, accepted):
    base = 1_700_000_010  # at the start of a step
    code = pyotp.TOTP(SECRET).at(base)
    assert (accepted_step(SECRET, code, moment(base + late), None) is not None) is accepted


def test_a_code_is_good_once_and_no_older_one_after_it():
    step = accepted_step(SECRET, "287082", moment(59), None)
    assert accepted_step(SECRET, "287082", moment(59), step) is None
    assert accepted_step(SECRET, "287082", moment(59), step - 1) == step
    older = pyotp.TOTP(SECRET).at(29)
    assert accepted_step(SECRET, older, moment(59), step) is None


@pytest.mark.parametrize("code", ["", "28708", "2870820", "28708x", "２８７０８２", "287 82", "²87082"])
def test_what_is_no_code_is_refused(code):
    assert accepted_step(SECRET, code, moment(59), None) is None


def test_recovery_codes_are_many_long_and_all_different():
    codes = new_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODES
    assert all(len(normalise_code(code)) == 16 for code in codes)
    assert normalise_code(codes[0].upper().replace("-", " ")) == normalise_code(codes[0])


def test_one_time_passwords_have_no_letter_that_is_misread():
    drawn = "".join(new_one_time_password() for _ in range(200))
    assert not set(drawn) & set("il10o")
    assert len(new_one_time_password()) == 14


def test_the_picture_names_the_account():
    uri = provisioning_uri(new_secret(), "zhangsan", "后勤")
    assert uri.startswith("otpauth://totp/")
    assert "zhangsan" in uri
