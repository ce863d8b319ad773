from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.notices.rules import (
    BACKOFF,
    MOST_DINGTALK,
    MOST_WECOM,
    Message,
    bot_outcome,
    dingtalk_payload,
    dingtalk_signed_url,
    is_mail_address,
    mail_message,
    next_try,
    webhook_problem,
    wecom_payload,
)

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=abc"
NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
MESSAGE = Message("巡查结果已公布", "演示第一小学\n得分 92.5", "https://houqin.example.cn/visits/1", "查看详情")


def test_the_bots_own_addresses_are_taken():
    assert webhook_problem(WECOM, "wecom") is None
    assert webhook_problem(DINGTALK, "dingtalk") is None
    assert webhook_problem(DINGTALK.replace(".com/", ".com:443/"), "dingtalk") is None
    assert webhook_problem("https://relay.example.cn/any", "wecom", frozenset({"relay.example.cn"})) is None


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        (WECOM.replace("https", "http"), "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("https://127.0.0.1/cgi-bin/webhook/send?key=1", "wrong_host"),
        ("https://[::1]/cgi-bin/webhook/send?key=1", "wrong_host"),
        ("https://[::1/cgi-bin", "wrong_host"),
        ("https://169.254.169.254/latest/meta-data", "wrong_host"),
        ("https://qyapi.weixin.qq.com@evil.example/cgi-bin/webhook/send?key=1", "wrong_host"),
        ("https://user@qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "wrong_host"),
        ("https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=1", "wrong_host"),
        ("https://evil.example\\@qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "wrong_host"),
        ("https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=1", "wrong_host"),
        ("https://qyapi.weixin.qq.com:99999/x", "wrong_host"),
        ("https://qyapi.weixin.qq.com\t/cgi-bin/webhook/send?key=1", "wrong_host"),
        ("https://ｑyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "wrong_host"),
        (DINGTALK, "wrong_host"),
        ("https://qyapi.weixin.qq.com/cgi-bin/user/delete?key=1", "wrong_path"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send", "no_key"),
        (WECOM + "&x=" + "1" * 600, "too_long"),
    ],
)
def test_any_other_address_is_refused(url, problem):
    assert webhook_problem(url, "wecom") == problem


@given(st.text(max_size=60))
def test_no_text_makes_the_check_fail_or_pass(text):
    assert webhook_problem(text, "wecom") is not None
    assert webhook_problem(f"https://{text}", "dingtalk") is not None


def test_messages_have_the_bots_shape():
    assert wecom_payload(MESSAGE) == {
        "msgtype": "markdown",
        "markdown": {
            "content": "**巡查结果已公布**\n演示第一小学\n得分 92.5\n[查看详情](https://houqin.example.cn/visits/1)"
        },
    }
    assert dingtalk_payload(MESSAGE)["markdown"] == {
        "title": "巡查结果已公布",
        "text": "### 巡查结果已公布\n\n演示第一小学\n\n得分 92.5\n\n[查看详情](https://houqin.example.cn/visits/1)",
    }


@given(st.text(max_size=8000), st.text(max_size=200))
def test_a_message_is_cut_to_what_the_bot_takes_and_keeps_its_link(body, title):
    message = Message(title * 3, body * 4, "https://houqin.example.cn/a", "查看")
    for content, most in (
        (wecom_payload(message)["markdown"]["content"], MOST_WECOM),
        (dingtalk_payload(message)["markdown"]["text"], MOST_DINGTALK),
    ):
        assert len(content.encode()) <= most
        assert content.endswith("(https://houqin.example.cn/a)")


def test_a_long_message_fills_what_the_bot_takes_and_no_more():
    message = Message("通知", "演示正文" * 5000, "https://houqin.example.cn/a", "查看")
    for content, most in (
        (wecom_payload(message)["markdown"]["content"], MOST_WECOM),
        (dingtalk_payload(message)["markdown"]["text"], MOST_DINGTALK),
    ):
        assert most - 4 < len(content.encode()) <= most
        assert "…" in content
        assert content.endswith("(https://houqin.example.cn/a)")


def test_a_dingtalk_address_is_signed():
    # Worked out with openssl: printf '1700000000000\nSECabc' | openssl dgst -sha256 -hmac SECabc -binary | base64
    signed = dingtalk_signed_url(DINGTALK, "SECabc", 1_700_000_000_000)
    assert signed == DINGTALK + "&timestamp=1700000000000&sign=jcUpW0QmtKduN03n4JqQ0PBosVjqnM8gU7fIIvsDmCM%3D"
    assert dingtalk_signed_url(DINGTALK, "", 1) == DINGTALK


def test_a_mail_is_plain_utf8_text_with_a_lasting_id():
    mail = mail_message(MESSAGE, "demo@example.cn", "houqin@example.cn", NOW, "0199@houqin")
    read = message_from_bytes(bytes(mail), policy=default)
    assert read["Subject"] == "巡查结果已公布"
    assert read["Message-ID"] == "<0199@houqin>"
    assert read["Date"] == "Tue, 01 Sep 2026 08:00:00 +0000"
    assert read.get_content().replace("\r\n", "\n") == (
        "演示第一小学\n得分 92.5\n\n查看详情\nhttps://houqin.example.cn/visits/1\n"
    )


@given(st.text(max_size=300))
def test_no_title_smuggles_a_header_in(title):
    mail = mail_message(Message(title + "\r\nBcc: all@example.cn", "x"), "demo@example.cn", "a@b.cn", NOW, "1@h")
    read = message_from_bytes(bytes(mail), policy=default)
    assert read["Bcc"] is None
    assert sorted(read.keys()).count("To") == 1


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("demo@example.cn", True), ("a.b+c@mail.example.cn", True), ("demo@localhost", False), ("", False), ("@x.cn", False),
        ("a b@x.cn", False), ("a@x.cn, b@x.cn", False), ("演示@example.cn", False), ("a@x.cn\nBcc: b@x.cn", False),
        ("a" * 260 + "@x.cn", False), ("Demo <demo@example.cn>", False),
    ],
)  # fmt: skip
def test_mail_addresses(text, good):
    assert is_mail_address(text) is good


def test_tries_become_rarer_and_end():
    moments = [next_try(tries, NOW) for tries in range(1, len(BACKOFF) + 1)]
    assert moments[0] == NOW + timedelta(minutes=1)
    assert moments == sorted(moments)
    assert next_try(len(BACKOFF) + 1, NOW) is None
    assert timedelta(days=1) < sum((moment - NOW for moment in moments), timedelta()) < timedelta(days=3)


@pytest.mark.parametrize(
    ("status", "answer", "delivered", "final"),
    [
        (200, {"errcode": 0, "errmsg": "ok"}, True, True),
        (200, {"errcode": 93000, "errmsg": "invalid webhook url"}, False, True),
        (200, {"errcode": 310000, "errmsg": "sign not match"}, False, True),
        (200, {"errcode": 45009, "errmsg": "api freq out of limit"}, False, False),
        (200, {"errcode": 130101, "errmsg": "send too fast"}, False, False),
        (200, None, False, False),
        (302, None, False, True),
        (404, None, False, True),
        (429, None, False, False),
        (502, None, False, False),
        (200, {}, False, True),
    ],
)
def test_answers_of_the_bots(status, answer, delivered, final):
    outcome = bot_outcome(status, answer)
    assert (outcome.delivered, outcome.is_final) == (delivered, final)
    assert delivered or outcome.error
