from kernel.web.downloads import disposition


def test_plain_name_stands_alone():
    assert disposition("inline", "photo 1.jpg") == 'inline; filename="photo 1.jpg"'


def test_chinese_name_fits_a_header():
    header = disposition("attachment", "排名.xlsx")
    header.encode("latin-1")
    assert header == "attachment; filename=\"__.xlsx\"; filename*=UTF-8''%E6%8E%92%E5%90%8D.xlsx"


def test_a_name_cannot_end_its_quotes_or_begin_another_header():
    header = disposition("attachment", 'a"; x="\r\nSet-Cookie: b\\')
    assert "\r" not in header
    assert "\n" not in header
    assert header.startswith('attachment; filename="a_; x=___Set-Cookie: b_"; filename*=')
