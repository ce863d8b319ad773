"""From a new colleague's name to their first page: added, told, password set, second factor proven, place switched."""

import pyotp
import pytest

MINE = (
    "/account", "/account/password", "/account/second-factor", "/account/sessions", "/account/tokens",
    "/account/place/switch",
)  # fmt: skip
PEOPLE = ("/people", "/people/new", "/people/import", "/second-factor-roles")


def examine(visitor, paths):
    problems = []
    for width in (360, 1440):
        visitor.page.set_viewport_size({"width": width, "height": 800})
        for path in paths:
            response = visitor.go(path)
            if response.status >= 400 or visitor.overflow() > 0:
                problems.append((width, path, response.status, visitor.overflow()))
            problems += [(width, path, finding) for finding in visitor.axe()]
    return problems


def test_every_page_of_people_and_accounts_reads_well(visit):
    visitor = visit("bureau-admin")
    assert examine(visitor, (*MINE, *PEOPLE)) == []
    visitor.go("/people?role=storekeeper")
    visitor.page.click("table tbody th a >> nth=0")
    person = visitor.page.url.removeprefix(visitor.address)
    assert examine(visitor, (person, f"{person}/edit")) == []
    assert visitor.complaints == []


@pytest.fixture
def newcomer(visit):
    """(mobile, one-time password) of a teacher whom the first school's head has just added on a phone."""
    head = visit("school-principal", width=360)
    head.go("/people/new")
    page = head.page
    page.fill("[name=display_name]", "演示新同事")
    page.fill("[name=mobile]", "13900009001")
    page.select_option("[name=role]", "teacher")
    page.click(".form-bar button[type=submit]")
    password = page.inner_text("#one-time-password")
    assert head.axe() == []
    head.go("/people?text=13900009001")
    assert page.locator("tbody tr").count() == 1
    yield "13900009001", password
    page.click("tbody th a")
    page.click("summary:has-text('撤销')")
    page.click("details[open] button[type=submit]")
    page.wait_for_url("**/people")
    assert head.complaints == []


def test_a_newcomer_finds_the_way_in(visit, newcomer):
    mobile, one_time = newcomer
    visitor = visit(None, width=360)
    page = visitor.page
    visitor.go("/account/second-factor")
    page.fill("[name=name]", mobile)
    page.fill("[name=password]", one_time)
    page.click("form[action='/sign-in'] button[type=submit]")
    page.wait_for_url("**/account/password")
    assert visitor.axe() == []
    page.fill("[name=password]", one_time)
    page.fill("[name=new_password]", "Good-enough-1")
    page.fill("[name=repeated]", "Good-enough-1")
    page.click(".form-bar button[type=submit]")
    # to where they wanted to go in the first place
    page.wait_for_url("**/account/second-factor")
    page.click("button:has-text('开始设置')")
    secret = page.inner_text("code.text-break")
    # A function, not an expression: the page's policy forbids evaluating text, which polling an expression does.
    page.wait_for_function("() => document.querySelector('main img').naturalWidth > 100")
    assert visitor.axe() == []
    page.fill("[name=code]", pyotp.TOTP(secret).now())
    page.click(".form-bar button[type=submit]")
    recovery = page.locator("main li code").all_inner_texts()
    assert len(recovery) == 10
    page.click("a:has-text('我已保存')")
    assert visitor.complaints == []

    elsewhere = visit(None, width=360)
    page = elsewhere.page
    elsewhere.go("/sign-in")
    page.fill("[name=name]", mobile)
    page.fill("[name=password]", "Good-enough-1")
    page.click("form[action='/sign-in'] button[type=submit]")
    page.wait_for_url("**/sign-in/second-factor")
    assert elsewhere.axe() == []
    page.fill("[name=code]", recovery[0])
    page.click("main form button[type=submit] >> nth=0")
    page.wait_for_url(f"{elsewhere.address}/")
    elsewhere.go("/account/sessions")
    assert page.locator("tbody tr").count() == 2


def test_one_person_two_schools(visit):
    visitor = visit("school-accountant", width=360)
    page = visitor.page
    first = page.inner_text(".app-scope")
    visitor.go("/account/place/switch")
    assert page.locator("button[name=scope]").count() == 2
    assert visitor.axe() == []
    page.click("button[name=scope]:not([aria-current])")
    page.wait_for_url(f"{visitor.address}/")
    assert page.inner_text(".app-scope") != first
