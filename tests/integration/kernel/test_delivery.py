"""The outbox: what is queued with a transaction leaves after it, by mail and by group bot, again until it arrives."""

import socketserver
import threading
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
import requests
from sqlalchemy import text

from kernel.database import new_id, now
from kernel.database.scope import Scope, use_scope
from kernel.errors import Conflict, Invalid, NotFound
from kernel.identity.models import Account
from kernel.notices import channels, delivery, service
from kernel.notices.models import ChatWebhook, OutboxMessage
from kernel.notices.rules import BACKOFF

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=demo-key"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=demo"


class Answer:
    def __init__(self, status, content):
        self.status_code = status
        self.content = content

    def json(self):
        if self.content is None:
            raise ValueError("not JSON")
        return self.content


class Bot:
    """Stands for the chat platform at the outside edge: notes what it is sent, answers what it is told to."""

    def __init__(self):
        self.calls = []
        self.answers = []

    def post(self, url, **options):
        self.calls.append((url, options))
        answer = self.answers.pop(0) if self.answers else Answer(200, {"errcode": 0})
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def bot(monkeypatch):
    bot = Bot()
    monkeypatch.setattr(delivery.send_to_bot, "__defaults__", (bot.post,))
    return bot


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server that takes everything except for addresses that begin with "refuse"."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails = []


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 demo")
        recipients = []
        while line := self.rfile.readline():
            word = line.decode().strip()
            verb = word.split(":")[0].upper()
            if verb.startswith(("EHLO", "HELO")):
                self.say("250 demo")
            elif verb == "RCPT TO":
                refused = "<refuse" in word
                recipients += [] if refused else [word.split("<")[1].rstrip(">")]
                self.say("550 no such box" if refused else "250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                lines = []
                while (part := self.rfile.readline()) != b".\r\n":
                    lines.append(part)
                self.server.mails.append((recipients, b"".join(lines)))
                self.say("250 kept")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


@pytest.fixture
def mailbox(app, monkeypatch):
    from dataclasses import replace

    with Mailbox() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        config = replace(
            app.extensions["houqin.config"],
            smtp_url=f"smtp://127.0.0.1:{server.server_address[1]}",
            mail_from="houqin@example.cn",
            base_url="https://houqin.example.cn",
        )
        monkeypatch.setitem(app.extensions, "houqin.config", config)
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def admin(acting, world):
    return acting(world.actor("bureau_admin"))


def webhook(actor, channel="wecom", url=WECOM, secret="", **values):
    return channels.save_webhook(
        actor, new_id(), None, **{"name": "演示群", "channel": channel, "url": url, "secret": secret, "is_active": True,
                                  **values},
    )  # fmt: skip


def deliver(session, actor):
    session.commit()
    use_scope(session(), Scope("houqin_bureau", actor.bureau_id))
    counts = delivery.deliver_due(actor.bureau_id)
    session.expire_all()
    return counts


def only_message(session):
    [message] = session.query(OutboxMessage).all()
    return message


def test_an_announcement_reaches_every_active_bot_once(session, admin, bot):
    webhook(admin)
    webhook(admin, "dingtalk", DINGTALK, "SECdemo")
    webhook(admin, is_active=False)
    assert service.announce(admin, "检查结果已公布", "请各校查看", "/results") == 2
    assert deliver(session, admin) == {"delivered": 2, "failed": 0}
    sent = {url.split("/")[2]: (url, options) for url, options in bot.calls}
    url, options = sent["qyapi.weixin.qq.com"]
    assert url == WECOM
    assert options["allow_redirects"] is False
    assert "/results)" in options["json"]["markdown"]["content"]
    assert "&timestamp=" in sent["oapi.dingtalk.com"][0]
    assert deliver(session, admin) == {"delivered": 0, "failed": 0}
    assert len(bot.calls) == 2


def test_nothing_leaves_when_the_transaction_does_not_stand(session, admin, bot):
    webhook(admin)
    session.commit()
    service.announce(admin, "x", "y")
    session.rollback()
    assert deliver(session, admin) == {"delivered": 0, "failed": 0}


@pytest.mark.parametrize(
    "failure", [requests.ConnectTimeout("secret?key=demo-key"), Answer(502, None), Answer(200, {"errcode": 45009})]
)
def test_a_passing_failure_is_tried_again_later_and_then_arrives(session, admin, bot, failure):
    webhook(admin)
    service.announce(admin, "x", "y")
    bot.answers = [failure]
    assert deliver(session, admin) == {"delivered": 0, "failed": 1}
    message = only_message(session)
    assert (message.state, message.tries) == ("waiting", 1)
    assert "demo-key" not in message.last_error
    assert timedelta(seconds=30) < message.next_try_at - now() <= timedelta(minutes=1)
    assert channels.undelivered(admin) == [message]
    assert deliver(session, admin) == {"delivered": 0, "failed": 0}
    message.next_try_at = now()
    assert deliver(session, admin) == {"delivered": 1, "failed": 0}
    message = only_message(session)
    assert (message.state, message.tries, message.last_error) == ("delivered", 2, "")


def test_tries_end(session, admin, bot):
    webhook(admin)
    service.announce(admin, "x", "y")
    for _ in range(len(BACKOFF) + 1):
        bot.answers = [Answer(503, None)]
        deliver(session, admin)
        only_message(session).next_try_at = now()
    message = only_message(session)
    assert (message.state, message.tries) == ("given_up", len(BACKOFF) + 1)


def test_a_refusal_or_a_redirect_is_final(session, admin, bot):
    webhook(admin)
    for answer in (Answer(200, {"errcode": 93000, "errmsg": "invalid webhook url"}), Answer(302, None)):
        service.announce(admin, "x", "y")
        bot.answers = [answer]
        assert deliver(session, admin) == {"delivered": 0, "failed": 1}
    assert {message.state for message in session.query(OutboxMessage)} == {"given_up"}


def test_a_bot_switched_off_or_pointed_elsewhere_meanwhile_is_not_called(session, admin, bot):
    hook = webhook(admin)
    service.announce(admin, "x", "y")
    session.execute(text("UPDATE chat_webhooks SET url = 'https://169.254.169.254/latest'"))
    deliver(session, admin)
    service.announce(admin, "x", "y")
    session.get(ChatWebhook, (admin.bureau_id, hook.id)).is_active = False
    deliver(session, admin)
    assert bot.calls == []


def test_one_broken_message_does_not_hold_the_next(session, admin, bot):
    service.queue_message(admin.bureau_id, "wecom", "not-an-id", "x", {"text": "y"})
    webhook(admin)
    service.announce(admin, "x", "y")
    assert deliver(session, admin) == {"delivered": 1, "failed": 1}


def test_a_message_that_is_being_sent_is_taken_by_nobody_else(session, admin):
    webhook(admin)
    service.announce(admin, "x", "y")
    session.commit()
    assert len(delivery._take(admin.bureau_id)) == 1
    assert delivery._take(admin.bureau_id) == []


def test_mail_goes_to_those_who_gave_an_address(session, admin, world, mailbox):
    people = [world.actor("principal", place).account_id for place in ("a1", "a2", "b1")]
    use_scope(session(), Scope("houqin_identity"))
    for account_id, address in zip(people, ("demo@example.cn", None, "other@example.cn"), strict=True):
        session.get(Account, account_id).email = address
    session.commit()
    use_scope(session(), admin.scope)
    # The person of the other bureau has an address, and is not this bureau's to write to.
    assert service.notify(admin, people[:2], "demo", "检查通知", body="明天上午", url="/x", by_mail=True) == 2
    assert service.mail_people(admin, people, "再次", "正文") == 1
    assert deliver(session, admin) == {"delivered": 2, "failed": 0}
    recipients, content = mailbox.mails[0]
    assert recipients == ["demo@example.cn"]
    mail = message_from_bytes(content, policy=default)
    assert mail["Subject"] == "检查通知"
    assert mail["From"] == "houqin@example.cn"
    assert mail.get_content().splitlines() == ["明天上午", "", "点此查看", "https://houqin.example.cn/x"]


def test_a_refused_recipient_is_final_and_a_dead_server_is_not(session, admin, mailbox):
    service.mail(admin.bureau_id, "refuse@example.cn", "x", "y")
    deliver(session, admin)
    assert only_message(session).state == "given_up"
    mailbox.shutdown()
    mailbox.server_close()
    service.mail(admin.bureau_id, "demo@example.cn", "x", "y")
    deliver(session, admin)
    assert sorted(message.state for message in session.query(OutboxMessage)) == ["given_up", "waiting"]


def test_without_a_mail_server_a_mail_says_so(session, admin):
    service.mail(admin.bureau_id, "demo@example.cn", "x", "y")
    deliver(session, admin)
    message = only_message(session)
    assert message.state == "given_up"
    assert "HOUQIN_SMTP_URL" in message.last_error


def test_a_webhook_is_checked_kept_and_never_shown(session, admin):
    with pytest.raises(Invalid):
        webhook(admin, url="https://evil.example.cn/cgi-bin/webhook/send?key=1")
    with pytest.raises(Invalid):
        webhook(admin, url="")
    hook = webhook(admin)
    changed = {"name": "新名称", "channel": "wecom", "url": "", "secret": "", "is_active": True}
    channels.save_webhook(admin, hook.id, hook.version, **changed)
    assert (hook.name, hook.url) == ("新名称", WECOM)
    with pytest.raises(Conflict):
        channels.save_webhook(admin, hook.id, 1, **changed)
    with pytest.raises(Invalid):  # another platform's bot needs its own address
        channels.save_webhook(admin, hook.id, hook.version, **{**changed, "channel": "dingtalk"})
    session.commit()
    recorded = session.execute(
        text("SELECT changes::text FROM audit_entries WHERE changes::text ~ 'webhook'")
    ).scalars()
    assert "demo-key" not in "".join(recorded)


def test_other_bureaus_bots_are_out_of_reach(acting, admin, world):
    hook = webhook(admin)
    with pytest.raises(NotFound):
        channels.get_webhook(acting(world.actor("bureau_admin", "b")), hook.id)


def test_the_pages(client_as, session, world):
    client = client_as("bureau_admin")
    form = {"id": str(new_id()), "name": "演示群", "channel": "wecom", "url": WECOM, "secret": "", "is_active": "1"}
    assert client.post("/channels/new", data={**form, "url": "http://x"}).status_code == 422
    assert client.post("/channels/new", data=form).status_code == 302
    listed = client.get("/channels/").get_data(as_text=True)
    assert "演示群" in listed
    edit = client.get(f"/channels/{form['id']}/edit").get_data(as_text=True)
    assert "demo-key" not in edit + listed
    assert client.post(f"/channels/{form['id']}/test").status_code == 302
    assert client.post(f"/channels/{form['id']}/edit", data={**form, "url": "", "version": "1"}).status_code == 302
    assert client.post(f"/channels/{form['id']}/edit", data={**form, "name": "y", "version": ""}).status_code in (
        409,
        422,
    )
    assert client_as("principal").get("/channels/").status_code == 403
