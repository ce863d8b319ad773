"""Fill, photograph, sign and finalise with the server stopped; restart the browser; then everything arrives, once."""

import pytest

from tests.browser.fill.forms import every_shape


@pytest.fixture(scope="module")
def visits(prepare):
    return prepare([{"form": every_shape(), "title": "离线全程", "inspectors": ["inspector-1", "inspector-2"],
                     "sections": {"inspector-2": []}}])  # fmt: skip


def test_a_visit_without_a_network_arrives_whole_and_once(phone, service, rows, visits):
    visit = visits["离线全程"]
    one = phone("inspector-1")
    one.card(visit).locator("a.button.primary").wait_for()
    one.kept_offline()
    service.stop()
    one.restart().go()  # from the phone's own disk
    one.begin(visit)
    one.page.fill("[data-parameter=pupils]", "900")
    one.page.keyboard.press("Tab")
    one.section("A")
    one.tap("1", "no")
    one.photo("1", "licence", (2400, 1800))
    one.tap("2", "full")
    one.tap("2", "mark-less", 3)
    one.tap("3", "count-more", 2)
    one.photo("3", "puddle-1")
    one.photo("3", "puddle-2")
    one.section("B")
    one.tap("4", "entry-2")
    one.tap("4", "times-2-more")
    one.tap("5", "level-1")
    one.tap("6", "count-more", 1)
    one.tap("7", "no")
    one.section("C")
    for name in ("1号", "2号"):
        one.page.click("[data-k=add-unit]")
        one.page.fill("dialog.ask input", name)
        one.page.click("dialog.ask .button.primary")
        one.page.locator(".units .chip", has_text=name).wait_for()
    one.page.click("[data-k=all-right]")
    one.page.locator(".units .chip", has_text="1号").click()
    one.item("8@1").locator("[data-k=no]").click()
    one.item("9@1").locator("[data-k=yes]").click()
    one.saved()
    one.page.click("#to-finish")
    one.page.fill("[name=met_by]", "演示总务主任")
    one.page.keyboard.press("Tab")
    one.finish(visit, [f"inspector:{visit['people'][0]}", "school"])
    one.state(visit, "finalised")
    one.restart().go()  # the browser dies with everything unsent
    one.state(visit, "finalised")
    service.start()
    one.fetch()
    one.state(visit, "sent")
    (submission,) = rows.submissions(visit["id"])
    assert submission["state"] == "finalised"
    assert submission["score_check"] == "same"  # both engines, to the last digit
    assert rows.answers(visit["id"]) == {
        "1": {"met": False}, "2": {"judged": "8.5"}, "3": {"count": 2}, "4": {"checked": {"2": 2}},
        "5": {"level": "1"}, "6": {"count": 1}, "7": {"found": False}, "8@1": {"met": False}, "9@1": {"met": True},
        "8@2": {"met": True}, "9@2": {"met": True},
    }  # fmt: skip
    files = rows.files(visit["id"])
    assert sorted((row["purpose"], row["answer_key"]) for row in files) == [
        ("photo", "1"), ("photo", "3"), ("photo", "3"), ("signature", ""), ("signature", ""),
    ]  # fmt: skip
    assert all(row["attachment_id"] for row in files)
    assert all(row["latitude"] is not None for row in files)
    (receipt,) = rows.receipts(visit["id"])
    assert sorted(receipt["document"]["attachments"]) == sorted({row["sha256"] for row in files})
    assert one.complaints == []
