def test_create_list_edit(client_as, world):
    client = client_as("bureau_admin")
    made = client.post("/api/v1/zones", json={"code": "Z9", "name": "演示新片区"})
    assert made.status_code == 201
    assert client.post("/api/v1/zones", json={"code": "Z9", "name": "演示新片区"}).json["id"] == made.json["id"]
    for body, field in (({"code": "Z9", "name": "演示"}, "code"), ({"code": "片", "name": "演示"}, "code"),
                        ({"code": "Z8", "name": ""}, "name")):  # fmt: skip
        answer = client.post("/api/v1/zones", json=body)
        assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    url = f"/api/v1/zones/{made.json['id']}"
    assert client.put(url, json={"code": "Z9", "name": "演示改名"}, headers={"If-Match": "1"}).status_code == 200
    stale = client.put(url, json={"code": "Z9", "name": "演示再改"}, headers={"If-Match": "1"})
    assert (stale.status_code, stale.json["current"]["name"]) == (409, "演示改名")
    taken = client.put(url, json={"code": "a-east", "name": "演示改名"}, headers={"If-Match": "2"})
    assert (taken.status_code, list(taken.json["errors"])) == (422, ["code"])
    foreign = client.put(
        f"/api/v1/zones/{world.zones['b-east']}", json={"code": "x", "name": "y"}, headers={"If-Match": "1"}
    )
    assert foreign.status_code == 404


def test_counts(client_as):
    zones = {zone["code"]: zone for zone in client_as("canteen_officer").get("/api/v1/zones").json["items"]}
    east = zones["a-east"]
    assert (east["schools"], east["boarding_schools"], east["pupils"], east["boarders"]) == (2, 1, 1160, 110)
    assert set(zones) == {"a-east", "a-west"}


def test_the_pages(client_as):
    client = client_as("bureau_admin")
    assert client.post("/zones/new", data={"code": "Z1", "name": "演示片"}).status_code == 302
    page = client.get("/zones").get_data(as_text=True)
    assert "演示片" in page
    assert "1,160" in page
    refused = client.post("/zones/new", data={"code": "Z1", "name": "演示另"})
    assert refused.status_code == 422
    assert 'id="field-code-error"' in refused.get_data(as_text=True)


def test_the_bureau_s_own_name(client_as, session, world):
    client = client_as("bureau_admin")
    assert client.post("/bureau", data={"name": "演示改名教育局", "version": "1"}).status_code == 302
    assert client.get("/api/v1/bureau").json["name"] == "演示改名教育局"
    stale = client.post("/bureau", data={"name": "演示再改名", "version": "1"})
    assert stale.status_code == 409
    assert '<td data-label="现在已保存的">演示改名教育局</td>' in stale.get_data(as_text=True)
    assert client_as("bureau_admin", "b").get("/api/v1/bureau").json["name"] == "演示乙区教育局"


def test_a_bureau_reads_and_writes_no_other_bureau_s_row(session, acting, world):
    from sqlalchemy import text

    acting(world.actor("bureau_admin"))
    assert session.execute(text("SELECT id FROM bureaus")).scalars().all() == [world.bureaus["a"]]
    changed = session.execute(text("UPDATE bureaus SET name = 'x' WHERE id = :id"), {"id": world.bureaus["b"]})
    assert changed.rowcount == 0
