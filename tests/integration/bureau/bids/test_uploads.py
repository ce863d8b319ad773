"""Sealed files on their way: how much one company may send, and when what no bid names goes."""

import hashlib
import os
import time
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from bureau.bids import sealing as browser
from bureau.bids.models import BidUpload
from bureau.bids.rules.package import AGE_HEADER
from bureau.bids.service import cleaning, sealing, uploading
from bureau.roles import Role
from kernel.audit.models import AuditEntry
from kernel.database import clock_at, db, new_id
from kernel.database.scope import Scope, use_scope, within
from kernel.errors import RuleBroken
from kernel.files.models import Attachment
from kernel.files.service import folder
from kernel.jobs import runner
from kernel.policy import service as policy
from kernel.web.dates import today
from tests.support import bids, tenders


@pytest.fixture(autouse=True)
def empty_folder(tendered):
    """Other tests' rows were rolled back, their files lie there still."""
    for digest, _path in list(folder().listed(tendered.made.bureau_id, None)):
        folder().remove(tendered.made.bureau_id, None, digest)


def sealed_bytes(text="演示"):
    return AGE_HEADER + text.encode()


def upload(tendered, number, data, tender_id=None):
    actor = tendered.as_bidder(number)
    digest = hashlib.sha256(data).hexdigest()
    return uploading.keep_ciphertext(actor, tender_id or tendered.tender_id, digest, data)


def is_there(tendered, digest):
    return folder().path(tendered.made.bureau_id, None, digest).exists()


def clean(tendered, days=31):
    with clock_at(tendered.made.tender.bid_deadline + timedelta(days=days)):
        return cleaning.clean(tendered.made.bureau_id)


def uploads(tendered):
    with within(db.session(), Scope("houqin_operator", bureau_id=tendered.made.bureau_id)):
        return db.session.scalar(select(func.count()).select_from(BidUpload))


def allow(tendered, key, value):
    actor = tendered.world.actor(Role.BUREAU_ADMIN)
    use_scope(db.session(), actor.scope)
    policy.save_override(
        actor, new_id(), None, key=key, value=value, citation="演示文件", valid_from=today(), valid_to=None
    )


def one_sealed(tendered, number, bid_id, price):
    lot = tendered.lots[0]
    tendered.as_bidder(number)
    document = bids.package(tendered.bidders[number], lot, bid_id, price)
    return browser.seal([document], bids.recipients())[0]


# ---- what one company may send ----


def test_a_company_sends_so_many_files_for_one_tender_and_is_told_why_no_more(tendered):
    allow(tendered, uploading.COUNT, Decimal(2))
    for text in ("一", "二"):
        upload(tendered, 0, sealed_bytes(text))
    with pytest.raises(RuleBroken, match="已上传 2 个密封文件，共 1 MB；每家供应商每个项目最多 2 个") as refusal:
        upload(tendered, 0, sealed_bytes("三"))
    assert (refusal.value.rule, "法规未规定数值" in refusal.value.citation) == ("bid_upload_quota", True)
    assert not is_there(tendered, hashlib.sha256(sealed_bytes("三")).hexdigest())
    assert upload(tendered, 0, sealed_bytes("二"))  # the same file again is no further one
    assert upload(tendered, 1, sealed_bytes("三"))  # another company has its own


def test_a_companys_files_together_are_no_larger_than_allowed(tendered):
    allow(tendered, uploading.MEGABYTES, Decimal(1))
    half = 600 * 1024
    upload(tendered, 0, sealed_bytes("一" + "x" * half))
    with pytest.raises(RuleBroken, match="1 MB"):
        upload(tendered, 0, sealed_bytes("二" + "x" * half))
    upload(tendered, 0, sealed_bytes("三"))


def test_each_tender_is_counted_for_itself(tendered):
    allow(tendered, uploading.COUNT, Decimal(1))
    upload(tendered, 0, sealed_bytes("一"))
    second = tenders.published(tendered.world)
    upload(tendered, 0, sealed_bytes("二"), second.id)
    with pytest.raises(RuleBroken):
        upload(tendered, 0, sealed_bytes("三"))


def test_what_is_refused_by_the_quota_does_not_touch_what_was_submitted(tendered, client_as):
    rows = bids.submit_all(tendered.lots[0], [(one, 2000) for one in tendered.bidders[:3]])
    allow(tendered, uploading.COUNT, Decimal(1))
    client = client_as("supplier_user")
    data = sealed_bytes("更多")
    answer = client.put(
        f"/api/v1/tenders/{tendered.tender_id}/bid-ciphertexts/{hashlib.sha256(data).hexdigest()}", data=data,
        content_type="application/octet-stream",
    )  # fmt: skip
    assert (answer.status_code, answer.json["rule"]) == (422, "bid_upload_quota")
    assert "已提交的投标不受影响" in answer.json["detail"]
    assert rows[0].state == "current"


# ---- what goes afterwards ----


def test_a_file_that_no_bid_names_goes_after_the_deadline_and_its_days(tendered):
    digest = upload(tendered, 0, sealed_bytes())
    bids.submit_all(tendered.lots[0], [(one, 2000) for one in tendered.bidders[:3]])
    assert (clean(tendered), is_there(tendered, digest)) == (0, True)  # the tender still takes bids
    tendered.close()
    assert (clean(tendered, days=29), is_there(tendered, digest)) == (0, True)
    assert (clean(tendered), is_there(tendered, digest)) == (1, False)
    assert uploads(tendered) == 0
    assert clean(tendered) == 0
    use_scope(db.session(), tendered.world.actor(Role.BUREAU_ADMIN).scope)
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "bids.clean"))
    assert [change["key"]["sha256"] for change in entry.changes] == [digest]


def test_every_version_that_was_submitted_stays(tendered):
    """Replaced and withdrawn ones too: an auditor may ask for them years later."""
    rows = bids.submit_all(tendered.lots[0], [(one, 2000) for one in tendered.bidders])
    better = one_sealed(tendered, 0, rows[0].bid_id, 1900)
    new = bids.send(tendered.bidders[0], tendered.lots[0], better, rows[0].bid_id)
    sealing.withdraw(tendered.as_bidder(3), rows[3].bid_id)
    tendered.close()
    assert clean(tendered, days=400) == 0
    assert all(is_there(tendered, row.ciphertext_sha256) for row in [*rows, new])
    assert {row.state for row in [*rows, new]} == {"current", "replaced", "withdrawn"}


def test_a_file_whose_row_was_lost_goes_by_its_age(tendered):
    digest = folder().put(tendered.made.bureau_id, None, sealed_bytes("没有记录"))
    assert cleaning.clean(tendered.made.bureau_id) == 0
    path = folder().path(tendered.made.bureau_id, None, digest)
    old = time.time() - 31 * 86_400
    os.utime(path, (old, old))
    assert (cleaning.clean(tendered.made.bureau_id), path.exists()) == (1, False)


def test_a_file_sent_again_for_a_tender_that_takes_bids_stays(tendered):
    digest = upload(tendered, 0, sealed_bytes())
    second = tenders.published(tendered.world, bid_deadline=tendered.made.tender.bid_deadline + timedelta(days=60))
    upload(tendered, 1, sealed_bytes(), second.id)
    tendered.close()
    assert (clean(tendered), is_there(tendered, digest)) == (0, True)


def test_other_files_of_the_bureau_are_not_touched(tendered):
    digest = folder().put(tendered.made.bureau_id, None, b"%PDF-1.4 some record of the bureau")
    path = folder().path(tendered.made.bureau_id, None, digest)
    os.utime(path, (0, 0))
    attached = sealed_bytes("一份附件")
    folder().put(tendered.made.bureau_id, None, attached)
    kept = hashlib.sha256(attached).hexdigest()
    actor = tendered.as_officer("procurement")
    db.session.add(
        Attachment(
            bureau_id=actor.bureau_id, id=new_id(), school_id=None, supplier_id=None, purpose="other", original_name="附件",
            media_type="application/pdf", size=len(attached), sha256=kept, created_by=actor.account_id,
        )
    )  # fmt: skip
    db.session.flush()
    os.utime(folder().path(tendered.made.bureau_id, None, kept), (0, 0))
    assert cleaning.clean(tendered.made.bureau_id) == 0
    assert path.exists()
    assert is_there(tendered, kept)


def test_the_clock_runs_it(app):
    cron, function = runner.periodic_of(app)["bids.clean"]
    assert (cron.split()[1], function) == ("3", cleaning.clean)
