"""Each role signs in and opens everything its menu offers, on a phone and on a desk: nothing breaks, nothing hides."""

import pytest

from bureau.roles import Role

WIDTHS = (360, 1440)


@pytest.fixture(scope="session")
def usernames(district):
    """role label → username, as the demo prints them."""
    from bureau.demo.people import WELL_KNOWN

    return WELL_KNOWN


@pytest.fixture(scope="session")
def seen():
    return set()


@pytest.mark.parametrize("role", list(Role))
def test_every_page_of_the_menu(visit, usernames, seen, role):
    visitor = visit(usernames[role])
    links = visitor.page.eval_on_selector_all("nav a[href^='/']", "links => links.map(a => a.getAttribute('href'))")
    paths = list(dict.fromkeys(["/", *links]))
    if len(paths) == 1:
        visitor.shoot(f"{role}-lost")
        pytest.fail(f"no menu on {visitor.page.url}: {visitor.page.inner_text('body')[:500]}")
    problems = []
    for path in paths:
        # A page that another role was shown already is looked at once more, but not examined again.
        is_new = path == "/" or path not in seen
        seen.add(path)
        for width in WIDTHS if is_new else WIDTHS[:1]:
            visitor.page.set_viewport_size({"width": width, "height": 800})
            response = visitor.go(path)
            if response.status >= 400:
                problems.append((width, path, response.status))
            if visitor.overflow() > 0:
                problems.append((width, path, f"{visitor.overflow()} px wider than the window"))
            if is_new:
                problems += [(width, path, finding) for finding in visitor.axe()]
                visitor.shoot(f"{role}-{width}-{path.strip('/').replace('/', '-').split('?')[0] or 'home'}")
    assert problems == []
    assert visitor.complaints == []


def test_a_stranger_is_asked_to_sign_in_and_comes_back(visit, usernames, district):
    visitor = visit(None)
    visitor.go("/notices/")
    assert "/sign-in" in visitor.page.url
    password = next(row["password"] for row in district["sign_ins"] if row["username"] == usernames["inspector"])
    visitor.page.fill("[name=name]", usernames["inspector"])
    visitor.page.fill("[name=password]", password)
    visitor.page.click("form button[type=submit]")
    visitor.page.wait_for_url("**/notices/")


def test_the_language_can_be_changed(visit, usernames):
    visitor = visit(usernames["bureau_admin"])
    visitor.page.request.post(f"{visitor.address}/language", form={"locale": "en"})
    visitor.go("/")
    assert visitor.page.get_attribute("html", "lang") in ("en", "zh-CN", "zh_CN")
