import io
import time
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from bureau.bids.file_metadata import MOST_TEXT, metadata_of


def office(core="", app="", doctype=""):
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as file:
        file.writestr("word/document.xml", "<x/>")
        file.writestr("docProps/core.xml", f'{doctype}<c xmlns:dc="urn:d">{core}</c>')
        file.writestr("docProps/app.xml", f"<a>{app}</a>")
    return box.getvalue()


def test_an_office_file_names_its_makers():
    core = (
        "<dc:creator>演示甲</dc:creator><lastModifiedBy>演示乙</lastModifiedBy><created>2026-05-20T21:14:37Z</created>"
    )
    assert metadata_of(office(core, "<Company>演示公司</Company><Application>Writer</Application>")) == {
        "kind": "office", "author": "演示甲", "last_editor": "演示乙", "created": "2026-05-20T21:14:37Z",
        "company": "演示公司", "program": "Writer",
    }  # fmt: skip


def test_a_document_type_is_not_followed():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    assert "author" not in metadata_of(office("<dc:creator>&a;</dc:creator>", doctype=bomb))


@pytest.mark.parametrize(
    ("text", "author"),
    [
        (b"(Plain)", "Plain"), (b"(a \\(b\\) \\101)", "a (b) A"), (b"((in) out)", "(in) out"), (b"<6F6E65>", "one"),
        (b"(" + b"\xfe\xff" + "演示".encode("utf-16-be") + b")", "演示"), (b"<FEFF6F14793A>", "演示"),
        (b"(" + "演示".encode("gb18030") + b")", "演示"),
    ],
)  # fmt: skip
def test_a_pdf_in_all_its_spellings(text, author):
    assert metadata_of(b"%PDF-1.4\n1 0 obj <</Author " + text + b" /Producer (P)>> endobj") == {
        "kind": "pdf", "author": author, "producer": "P", "program": "P",
    }  # fmt: skip


def test_a_packed_pdf():
    packed = zlib.compress(b"<</Author (inside) /CreationDate (D:20260520211437)>>")
    found = metadata_of(b"%PDF-1.5\n5 0 obj <</Type /ObjStm>> stream\r\n" + packed + b"\nendstream")
    assert (found["author"], found["created"]) == ("inside", "D:20260520211437")


def test_xmp():
    packet = (
        b'<x:xmpmeta><rdf:Description xmpMM:DocumentID="uuid:1-2-3"/><dc:creator><rdf:Seq><rdf:li>one</rdf:li>'
        b"</rdf:Seq></dc:creator></x:xmpmeta>"
    )
    found = metadata_of(b"%PDF-1.7\n" + packet)
    assert (found["document_id"], found["author"]) == ("uuid:1-2-3", "one")


def test_pictures():
    box, exif = io.BytesIO(), Image.Exif()
    exif[0x013B], exif[0x010F], exif[0x0110] = "演示作者".encode(), "Maker", "Model 1"
    Image.new("RGB", (2, 2)).save(box, "JPEG", exif=exif)
    found = metadata_of(box.getvalue())
    assert (found["author"], found["device"]) == ("演示作者", "Maker Model 1")
    box, info = io.BytesIO(), PngImagePlugin.PngInfo()
    info.add_text("Author", "one")
    info.add_text("Software", "P")
    Image.new("RGB", (2, 2)).save(box, "PNG", pnginfo=info)
    assert metadata_of(box.getvalue()) == {"kind": "image", "author": "one", "program": "P"}


def test_values_fit_a_column():
    found = metadata_of(office("<dc:creator>a\tb " + "x" * 5_000 + "</dc:creator>"))
    assert found["author"].startswith("a b xxx")
    assert len(found["author"]) == MOST_TEXT


@given(
    st.sampled_from([b"", b"%PDF-1.4 ", b"PK\x03\x04", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]), st.binary(max_size=300)
)
def test_whatever_it_is_given_it_does_not_fail(head, rest):
    found = metadata_of(head + rest)
    assert all(isinstance(value, str) and "\0" not in value for value in found.values())


def test_a_cut_file_says_what_it_still_says():
    whole = office("<dc:creator>演示甲</dc:creator>")
    assert metadata_of(whole[:60]) == {"kind": "office"}
    assert metadata_of(b"plain text") == {}


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.4 <x:xmpmeta" + b"<dc:creator>" * 300_000,
        b"%PDF-1.4 <x:xmpmeta" + b"<dc:creator>" * 2_000 + b"<rdf:li>" * 2_000,
        b"%PDF-1.4 <x:xmpmeta" + b"<xmp:CreatorTool>" * 200_000,
        b"%PDF-1.4 " + b"/Author<" * 500_000,
        b"%PDF-1.4 " + b"/Title(" * 500_000,
    ],
    ids=["creators", "items", "tools", "hexadecimal", "literal"],
)
def test_a_file_made_to_be_slow_is_read_at_once(data):
    """A bid that held up its own opening would hold up everybody's."""
    began = time.process_time()
    metadata_of(data)
    assert time.process_time() - began < 2


def test_a_vast_picture_is_not_unpacked_for_its_texts(monkeypatch):
    texts, box = PngImagePlugin.PngInfo(), io.BytesIO()
    texts.add_text("Author", "one")
    Image.new("1", (9_000, 9_000)).save(box, "PNG", pnginfo=texts)
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", lambda self: pytest.fail("unpacked"))
    assert metadata_of(box.getvalue()) == {"kind": "image", "author": "one"}


def test_a_pdf_keeps_the_identifier_that_its_program_gave_it():
    found = metadata_of(b"%PDF-1.4\ntrailer<</Size 1/ID [<00112233445566778899AABBCCDDEEFF><00>]>>")
    assert found["file_id"] == "00112233445566778899aabbccddeeff"
