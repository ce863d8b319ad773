"""Photos of certificates as a page sends them: `certificates-3-photos` belongs to the row `certificates-3-kind`."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from kernel.errors import Invalid
from kernel.web.forms import uploaded
from school.supply.models import GoodsReceiptCertificate
from school.supply.service.certificates import CertificateInput, Photo
from school.supply.service.reading import ReceiptView


def photos_of(field: str) -> tuple[Photo, ...]:
    photos = []
    for file in uploaded(field):
        content = file.stream.read()
        photos.append(Photo(file.filename or "", content, hashlib.sha256(content).hexdigest()))
    return tuple(photos)


def certificate_of(row: Mapping[str, Any], field: str, at: int | None = None) -> CertificateInput:
    return CertificateInput(
        kind=row["kind"], line=row["line"], number=row["number"], valid_until=row["valid_until"],
        photos=photos_of(field), row=at,
    )  # fmt: skip


def row_numbers(group: str) -> list[int]:
    """The numbers that the page gave the rows of a group, in order: rows reach the schema without their gaps."""
    numbers = set()
    for name in request.form:
        head, _, rest = name.partition("-")
        number, _, field = rest.partition("-")
        if head == group and field and number.isdecimal() and len(number) <= 4:
            numbers.add(int(number))
    return sorted(numbers)


def certificates_of(rows: Sequence[Mapping[str, Any]]) -> list[CertificateInput]:
    """The slots that were filled; one with nothing but a date is a slip that is named."""
    certificates = []
    problems: dict[str, list[str]] = {}
    # The last row of the page may have been left out of `rows`: a slot whose kind was not chosen.
    for index, (number, row) in enumerate(zip(row_numbers("certificates"), rows, strict=False)):
        certificate = certificate_of(row, f"certificates-{number}-photos", index)
        if certificate.has_copy or certificate.number:
            certificates.append(certificate)
        elif certificate.valid_until:
            problems[f"certificates.{index}.number"] = [_("请拍照上传，或填写证明编号。")]
    if problems:
        raise Invalid(problems)
    return certificates


def photo_links(certificates: Sequence[GoodsReceiptCertificate], view: ReceiptView) -> list[dict[str, str]]:
    """What macros/ui.html photo_grid shows; a paper of one line is captioned with that line's goods."""
    names = {line.id: line.item_name for line in view.lines}
    return [
        {
            "url": url_for("files.download", attachment_id=one.attachment_id),
            "thumb_url": url_for("files.thumbnail", attachment_id=one.attachment_id),
            "caption": names.get(one.line_id, "") if one.line_id else "",
        }
        for one in certificates
        if one.attachment_id is not None
    ]
