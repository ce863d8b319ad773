import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.files.labels import MESSAGES, message
from kernel.files.sniffing import IMAGES, LIMITS, MediaType, Refused, check, sniff
from kernel.sheets import Column, SheetSpec, template_xlsx
from tests.unit.kernel.files.pictures import picture

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"


def archive(*names, content_types=b"<Types/>"):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("[Content_Types].xml", content_types)
        for name in names:
            file.writestr(name, b"<x/>")
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (picture("JPEG"), MediaType.JPEG),
        (picture("PNG"), MediaType.PNG),
        (picture("WEBP"), MediaType.WEBP),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", MediaType.HEIC),
        (PDF, MediaType.PDF),
        (template_xlsx(SheetSpec("演示", (Column("a", "甲"),))), MediaType.XLSX),
        (archive("word/document.xml"), MediaType.DOCX),
    ],
)
def test_each_type_is_told_by_its_content(data, kind):
    assert sniff(data) is kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff\xe0 not a picture",
        b"\x89PNG\r\n\x1a\n" + b"0" * 40,
        b"RIFF\x00\x00\x00\x00WEBPXXXX",
        b"%PDF-1.4 cut short",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html></html>",
        b"GIF89a",
        b"MZ" + b"\x00" * 100,
        archive("evil.exe", "xl/workbook.xml"),
        archive("xl/workbook.xml", "xl/vbaProject.bin"),
        archive("xl/workbook.xml", content_types=b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        archive("something/else.xml"),
        b"PK\x03\x04 damaged",
    ],
)
def test_what_is_none_of_them_is_nothing(data):
    assert sniff(data) is None


@pytest.mark.parametrize(
    ("data", "accepted", "code"),
    [
        (b"", IMAGES, "empty"),
        (b"GIF89a", IMAGES, "unknown_type"),
        (PDF, IMAGES, "type_not_accepted"),
        (b"\x00\x00\x00\x18ftypheic", IMAGES, "heic"),
        (b"%PDF-" + b"0" * LIMITS[MediaType.PDF] + b"startxref\n9\n%%EOF", frozenset(MediaType), "too_large"),
    ],
)
def test_a_refusal_says_why(data, accepted, code):
    with pytest.raises(Refused) as caught:
        check(data, accepted)
    assert caught.value.code == code
    assert code in MESSAGES
    assert "%" not in message(caught.value)


@given(st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8\xff", b"PK\x03\x04", b"%PDF-", b"RIFF1234WEBP"]))
def test_no_bytes_make_it_fail(data, start):
    sniff(start + data)


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_office_file_damaged_in_whatever_packing_is_nothing(packing):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", packing) as file:
        file.writestr("[Content_Types].xml", "".join(str(number) for number in range(3000)))
        file.writestr("word/document.xml", "<x/>")
    data = bytearray(target.getvalue())
    for place in range(60, 110):
        data[place] ^= 0xFF
    assert sniff(bytes(data)) is None
