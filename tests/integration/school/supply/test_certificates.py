"""Certificates: what is missing, what closes the gap, who sees the photos."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kernel.database import new_id
from kernel.errors import Conflict, Invalid, NotFound
from kernel.files.service import get_attachment, store
from school.supply.models import GoodsReceiptCertificate, MissingCertificate
from school.supply.service.certificates import CertificateInput, Photo, add_certificate
from school.supply.service.reading import count_missing, get_receipt
from school.supply.service.voiding import void_receipt
from tests.support.pictures import jpeg
from tests.support.receipts import DAY, line


def photo(seed="p"):
    return Photo(f"{seed}.jpg", jpeg(seed), seed)


def paper(kind, **changes):
    return CertificateInput(kind, **{"photos": (photo(kind),), **changes})


def missing(keeper, receipt):
    return [(row.category_name, row.kind) for row in get_receipt(keeper, keeper.school_id, receipt.id).missing]


def test_a_receipt_names_what_its_categories_still_lack(keeper, stocked, recorded):
    receipt = recorded(line(stocked.rice), line(stocked.pork), certificates=[paper("animal_quarantine")])
    assert receipt.has_missing_certificates
    assert set(missing(keeper, receipt)) == {("谷物", "batch_report"), ("畜肉", "meat_inspection")}
    assert not recorded(line(stocked.salt)).has_missing_certificates


def test_papers_that_come_later_close_the_gap(keeper, stocked, recorded):
    receipt = recorded(line(stocked.rice))
    number_only = CertificateInput("batch_report", number="B-1")
    assert add_certificate(keeper, receipt.id, number_only).has_missing_certificates
    run_out = paper("batch_report", valid_until=DAY - timedelta(days=1))
    assert add_certificate(keeper, receipt.id, run_out).has_missing_certificates
    assert not add_certificate(keeper, receipt.id, paper("batch_report")).has_missing_certificates
    assert missing(keeper, receipt) == []
    assert len(get_receipt(keeper, keeper.school_id, receipt.id).certificates) == 3


def test_a_paper_of_one_line_leaves_the_other_line_open(keeper, stocked, recorded):
    receipt = recorded(
        line(stocked.rice), line(stocked.rice, batch_no="A2"), certificates=[paper("batch_report", line=0)]
    )
    assert missing(keeper, receipt) == [("谷物", "batch_report")]
    assert not add_certificate(keeper, receipt.id, paper("batch_report", line=1)).has_missing_certificates


def test_several_photos_of_one_paper_are_kept(session, keeper, stocked, recorded):
    receipt = recorded(
        line(stocked.rice), certificates=[CertificateInput("batch_report", photos=(photo("1"), photo("2")))]
    )
    assert not receipt.has_missing_certificates
    assert len(session.scalars(select(GoodsReceiptCertificate)).all()) == 2


@pytest.mark.parametrize(
    ("certificate", "field"),
    [
        (CertificateInput("batch_report"), "certificates.0.number"),
        (CertificateInput("batch_report", number="1", line=4), "certificates.0.line"),
        (CertificateInput("batch_report", photos=(Photo("x.jpg", b"no picture", "x"),)), "certificates.0.photos"),
    ],
)
def test_a_paper_that_proves_nothing_is_refused_at_its_field(stocked, recorded, certificate, field):
    with pytest.raises(Invalid) as refused:
        recorded(line(stocked.rice), certificates=[certificate])
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("place", ["a2", None])
def test_a_photo_that_is_not_the_schools_own_is_no_certificate(world, keeper, stocked, recorded, acting, place):
    attachment_id = new_id()
    if place:
        other = acting(world.actor("storekeeper", place))
        attachment_id = store(other, jpeg("other"), name="p.jpg", purpose="certificate").id
        acting(keeper)
    with pytest.raises(Invalid) as refused:
        recorded(line(stocked.rice), certificates=[CertificateInput("batch_report", attachment_id=attachment_id)])
    assert list(refused.value.fields) == ["certificates"]


def test_photos_are_seen_by_the_school_and_its_bureau_only(world, keeper, stocked, recorded, acting):
    receipt = recorded(line(stocked.rice), certificates=[paper("batch_report")])
    attachment_id = get_receipt(keeper, keeper.school_id, receipt.id).certificates[0].attachment_id
    for role, place in (("canteen_officer", "a"), ("zone_supervisor", "a-east"), ("principal", "a1")):
        assert get_attachment(acting(world.actor(role, place)), attachment_id).id == attachment_id
    for role, place in (("storekeeper", "a2"), ("zone_supervisor", "a-west"), ("canteen_officer", "b")):
        with pytest.raises(NotFound):
            get_attachment(acting(world.actor(role, place)), attachment_id)


def test_a_voided_receipt_lacks_nothing_and_takes_nothing(session, keeper, stocked, recorded):
    receipt = recorded(line(stocked.rice))
    void_receipt(keeper, receipt.id, receipt.version, "重复登记")
    assert session.scalars(select(MissingCertificate)).all() == []
    assert count_missing(keeper, keeper.school_id, DAY) == 0
    with pytest.raises(Conflict):
        add_certificate(keeper, receipt.id, paper("batch_report"))


def test_the_landing_page_counts_recent_gaps(keeper, stocked, recorded):
    recorded(line(stocked.rice))
    recorded(line(stocked.salt))
    assert count_missing(keeper, keeper.school_id, DAY) == 1
    assert count_missing(keeper, keeper.school_id, DAY + timedelta(days=1)) == 0
