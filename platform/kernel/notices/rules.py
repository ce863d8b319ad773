"""Messages as mail servers and chat bots want them, and when to try again. Pure: nothing is sent here."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, urlsplit

Channel = Literal["mail", "wecom", "dingtalk"]

# The bots' own addresses: the one place a server of ours may be told to call, so nothing else may be told.
HOSTS: dict[str, frozenset[str]] = {
    "wecom": frozenset({"qyapi.weixin.qq.com"}),
    "dingtalk": frozenset({"oapi.dingtalk.com"}),
}
PATHS = {"wecom": "/cgi-bin/webhook/send", "dingtalk": "/robot/send"}
KEYS = {"wecom": "key", "dingtalk": "access_token"}
MOST_URL = 500

# Bytes of UTF-8 that the bots take.
MOST_WECOM = 4096
MOST_DINGTALK = 20_000
MOST_SUBJECT = 120  # characters

# Minutes after the 1st, 2nd … failed try; after the last one the message is given up (about 2 days).
BACKOFF = (1, 5, 15, 60, 180, 360, 720, 1440)


@dataclass(frozen=True, slots=True)
class Message:
    """`url` is absolute or empty; `link` is the words of the link."""

    title: str
    body: str = ""
    url: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a bot or mail server answered. `is_final` False: trying again may help."""

    delivered: bool
    is_final: bool = True
    error: str = ""


def next_try(tries: int, failed_at: datetime) -> datetime | None:
    """When to try again after `tries` failed tries, None: give up."""
    return failed_at + timedelta(minutes=BACKOFF[tries - 1]) if 1 <= tries <= len(BACKOFF) else None


def webhook_problem(url: str, channel: str, further_hosts: frozenset[str] = frozenset()) -> str | None:
    """Why an address cannot be a group bot's, None if it can: "too_long", "not_https", "wrong_host", "wrong_path",
    "no_key". `further_hosts`: the operator's own relays, set on the machine and not by a tenant."""
    if len(url) > MOST_URL:
        return "too_long"
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return "wrong_host"
    if not url.isascii() or any(character.isspace() or ord(character) < 33 or character == "\\" for character in url):
        return "wrong_host"
    if parts.scheme != "https":
        return "not_https"
    if parts.username is not None or parts.password is not None or port not in (None, 443) or parts.fragment:
        return "wrong_host"
    if host in further_hosts:
        return None
    if host not in HOSTS.get(channel, frozenset()):
        return "wrong_host"
    if parts.path != PATHS[channel]:
        return "wrong_path"
    return None if dict(parse_qsl(parts.query)).get(KEYS[channel]) else "no_key"


def wecom_payload(message: Message) -> dict[str, Any]:
    """A markdown message of a WeCom group bot."""
    text = f"**{_one_line(message.title)}**"
    tail = f"\n[{_one_line(message.link)}]({message.url})" if message.url else ""
    body = f"\n{message.body}" if message.body else ""
    return {"msgtype": "markdown", "markdown": {"content": _fit(text + body, tail, MOST_WECOM)}}


def dingtalk_payload(message: Message) -> dict[str, Any]:
    """A markdown message of a DingTalk group bot; its lines need a blank line between them."""
    title = _one_line(message.title)
    tail = f"\n\n[{_one_line(message.link)}]({message.url})" if message.url else ""
    body = "\n\n".join(line for line in message.body.splitlines() if line.strip())
    text = f"### {title}" + (f"\n\n{body}" if body else "")
    return {
        "msgtype": "markdown",
        "markdown": {"title": title[:MOST_SUBJECT], "text": _fit(text, tail, MOST_DINGTALK)},
    }


def dingtalk_signed_url(url: str, secret: str, milliseconds: int) -> str:
    """The address with the proof that a DingTalk bot with signing asks for; it is good for an hour."""
    if not secret:
        return url
    proof = hmac.new(secret.encode(), f"{milliseconds}\n{secret}".encode(), hashlib.sha256).digest()
    sign = quote(base64.b64encode(proof), safe="")
    return f"{url}{'&' if '?' in url else '?'}timestamp={milliseconds}&sign={sign}"


def mail_message(message: Message, recipient: str, sender: str, sent_at: datetime, message_id: str) -> EmailMessage:
    """A plain-text mail. `message_id` stays the same over all tries, so that a doubled delivery is seen as one."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = _one_line(message.title)[:MOST_SUBJECT]
    mail["From"] = Address(addr_spec=_one_line(sender))
    mail["To"] = Address(addr_spec=_one_line(recipient))
    mail["Date"] = format_datetime(sent_at)
    mail["Message-ID"] = f"<{message_id}>"
    mail["Auto-Submitted"] = "auto-generated"
    parts = [message.body or message.title, f"{message.link}\n{message.url}" if message.url else ""]
    mail.set_content("\n\n".join(part for part in parts if part) + "\n", cte="base64")
    return mail


def is_mail_address(text: str) -> bool:
    """Whether mail can be sent to it, as far as its spelling goes."""
    if len(text) > 254 or not text.isascii() or any(character.isspace() for character in text):
        return False
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError):
        return False
    return bool(address.username) and "." in address.domain and address.addr_spec == text


def bot_outcome(status: int, answer: Mapping[str, Any] | None) -> Outcome:
    """Both bots answer 200 with an `errcode`; a busy or limited bot is worth another try, a refusal is not."""
    if status >= 500 or status in (408, 429) or (status < 300 and answer is None):
        return Outcome(False, is_final=False, error=f"HTTP {status}")
    if status >= 300:
        return Outcome(False, error=f"HTTP {status}")
    code = (answer or {}).get("errcode")
    if code == 0:
        return Outcome(True)
    words = str((answer or {}).get("errmsg", ""))[:200]
    busy = code in (-1, 45009, 45033, 130101, 130102)  # system busy, too many calls
    return Outcome(False, is_final=not busy, error=f"{code}: {words}")


def _fit(text: str, tail: str, most: int) -> str:
    """Cut the text, never the link, to what the bot takes, at a whole character."""
    room = most - len(tail.encode())
    data = text.encode("utf-8", "replace")
    if len(data) <= room:
        return data.decode() + tail
    return data[: room - 3].decode("utf-8", "ignore") + "…" + tail


def _one_line(text: str) -> str:
    """No line breaks: in a header they would begin another one."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
