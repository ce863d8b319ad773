"""Every screen: readable on the narrowest phone, by a screen reader, in the dark, in English; refused where nothing would last."""

import pytest

from tests.browser.fill.forms import every_shape


@pytest.fixture(scope="module")
def visits(prepare):
    return prepare([{"form": every_shape(), "title": "各个页面", "inspectors": ["inspector-3", "inspector-4"], "school": 20,
                     "sections": {"inspector-4": []}, "days": 30}])  # fmt: skip


def look(one, name):
    assert one.axe() == []
    assert one.overflow() <= 0
    one.shoot(f"fill-{name}")


def test_every_screen_on_a_narrow_phone(phone, visits):
    visit = visits["各个页面"]
    one = phone(width=360)
    one.go("/sign-in")
    look(one, "sign-in")
    one.sign_in("inspector-3")
    one.card(visit).wait_for()
    look(one, "visits")
    one.begin(visit)
    look(one, "site")
    for section in ("A", "B"):
        one.section(section)
        look(one, f"section-{section}")
    one.section("A")
    one.tap("1", "no")
    one.item("1").get_by_role("button", name="备注").click()
    one.item("1").locator("textarea").fill("证照过期")
    one.tap("2", "mark-more", 2)
    one.tap("3", "count-more", 2)
    one.photo("3", "look")
    one.saved()
    look(one, "answered")
    one.item("3").locator(".thumb").first.click()
    one.page.locator("dialog.ask").get_by_text("定位精度").wait_for()
    assert one.axe() == []
    one.page.locator("dialog.ask button").first.click()
    one.page.click("a.score")
    one.page.get_by_role("heading", name="扣分项").wait_for()
    look(one, "account")
    one.go(f"/finish/{visit['id']}")
    one.page.locator("#finalise").wait_for()
    look(one, "finish")
    one.go("/more")
    one.page.get_by_role("button", name="深色").click()
    one.page.locator("html[data-theme=dark]").wait_for()
    look(one, "more-dark")
    one.begin(visit, "A")
    look(one, "section-dark")
    assert one.complaints == []


def test_it_speaks_english_too(phone, visits):
    visit = visits["各个页面"]
    one = phone("inspector-3", width=360)
    one.go("/more")
    one.page.get_by_role("button", name="English").click()
    one.page.get_by_role("heading", name="More").wait_for()
    one.begin(visit, "B")
    one.item("7").get_by_role("button", name="Not found").click()
    one.saved()
    # It is remembered. A browser writes this to disk when it finds time, so a tab is closed here, not the browser.
    one.page.close()
    one.page = one.context.new_page()
    one.go("/more")
    one.page.get_by_role("heading", name="More").wait_for()
    assert one.axe() == []


@pytest.mark.parametrize(
    "script",
    [
        "IDBFactory.prototype.open = () => { throw new DOMException('private', 'SecurityError'); }",
        "IDBObjectStore.prototype.put = () => { throw new DOMException('private', 'UnknownError'); }",
        "Object.defineProperty(StorageManager.prototype, 'estimate', { value: async () => ({ quota: 1000, usage: 0 }) })",
    ],
)
def test_a_browser_that_keeps_nothing_is_refused(phone, script):
    one = phone(script=script)
    one.page.goto(f"{one.address}/fill/")
    one.page.locator(".refusal").wait_for()
    assert one.page.locator("input[name=password]").count() == 0
    assert one.page.locator(".refusal").inner_text() != ""
    assert one.overflow() <= 0


def test_the_worker_keeps_out_of_everything_else(phone, service):
    one = phone()
    one.go("/sign-in")
    one.kept_offline()
    kept = one.page.evaluate(
        """async () => {
          const names = await caches.keys();
          const cache = await caches.open(names[0]);
          return [names.length, (await cache.keys()).map(one => new URL(one.url).pathname)];
        }"""
    )
    assert kept[0] == 1
    assert {name for name in kept[1] if not name.startswith("/static/")} == {"/fill/", "/fill/manifest.webmanifest"}
    assert one.page.evaluate("fetch('/api/v1/ping?nonce=x').then(answer => answer.json())")["nonce"] == "x"
    service.stop()
    assert one.page.evaluate("fetch('/api/v1/ping?nonce=x').then(() => 'answered', () => 'nothing')") == "nothing"
    assert one.page.evaluate("fetch('/sign-in').then(() => 'answered', () => 'nothing')") == "nothing"
    one.page.reload()
    one.page.locator("#fill header.top h1").wait_for()
