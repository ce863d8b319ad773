"""The form builder by hand: rows dragged and moved by keyboard, an item changed in the panel, a stale tab refused."""

from bureau.demo.people import WELL_KNOWN


def test_a_draft_is_put_into_shape(visit):
    officer = visit(WELL_KNOWN["canteen_officer"])
    page = officer.page
    officer.go("/forms/new")
    page.fill("#field-title", "演示浏览器评分表")
    page.select_option("#field-kind", "canteen")
    page.get_by_role("button", name="建立").click()
    page.wait_for_selector("#sheet")

    def order():
        return page.eval_on_selector_all("tr[data-item]", "rows => rows.map(row => row.children[2].textContent.trim())")

    def settled(version):
        page.wait_for_selector(f"#arrange input[name='version'][value='{version}']", state="attached")

    def add(text, points, version):
        page.locator(".form-add a").first.click()
        page.fill("#builder-panel [name='text']", text)
        page.fill("#builder-panel [name='points']", points)
        page.click("#builder-panel .form-bar button[type='submit']")
        settled(version)

    for number, text in enumerate(("甲", "乙", "丙"), start=2):
        add(text, "5", number)
    assert order() == ["甲", "乙", "丙"]
    assert officer.axe() == []

    rows = page.locator("tr[data-item]")
    rows.nth(0).get_by_role("button", name="下移").focus()
    page.keyboard.press("Enter")
    settled(5)
    assert order() == ["乙", "甲", "丙"]
    assert page.evaluate("document.activeElement.id").startswith("down-item-")  # pressed again, it goes on

    handle, target = rows.nth(2).locator("[data-handle]").bounding_box(), rows.nth(0).bounding_box()
    page.mouse.move(handle["x"] + 6, handle["y"] + 6)
    page.mouse.down()
    page.mouse.move(target["x"] + 80, target["y"] + 20, steps=4)
    page.mouse.move(target["x"] + 80, target["y"] + 3, steps=2)
    page.mouse.up()
    settled(6)
    assert order() == ["丙", "乙", "甲"]

    rows.nth(0).get_by_role("link", name="修改").click()
    page.wait_for_selector("#builder-panel [data-editor]")
    assert officer.axe() == []
    page.select_option("#builder-panel [name='shape']", "tiers")
    page.fill("#builder-panel [name='tiers-0-start']", "0")
    page.fill("#builder-panel [name='tiers-0-points']", "5")
    page.click("#builder-panel .form-bar button[type='submit']")
    settled(7)
    assert page.locator("#builder-shell").is_hidden()

    other = page.context.new_page()
    other.goto(page.url)
    other.locator("tr[data-item]").first.get_by_role("button", name="复制").click()
    other.wait_for_selector("#arrange input[name='version'][value='8']", state="attached")
    rows.nth(1).get_by_role("button", name="上移").click()
    page.wait_for_selector(".note.tone-danger")
    assert "已被他人修改" in page.inner_text("main")
    assert len(order()) == 4  # the page shows the form as it is now
    officer.complaints[:] = [text for text in officer.complaints if "409" not in text]
    assert officer.complaints == []
