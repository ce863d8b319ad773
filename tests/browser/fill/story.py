"""What several stories of a visit share."""


def filled(one, visit, photos=1):
    one.begin(visit)
    one.all_right("A", "B")
    for number in range(photos):
        one.photo("3", f"{visit['title']}-{number}")
    return one


def arrived(rows, visit, photos=1, answers=4):
    """Everything is there, and there once."""
    (submission,) = rows.submissions(visit["id"])
    assert submission["state"] == "finalised"
    assert len(rows.answers(visit["id"])) == answers
    files = rows.files(visit["id"])
    assert [row["purpose"] for row in files].count("photo") == photos
    assert all(row["attachment_id"] for row in files)
    (receipt,) = rows.receipts(visit["id"])
    assert set(receipt["document"]["attachments"]) == {row["sha256"] for row in files}
    return submission


def alone(titles, form):
    """One visit for each title: its first inspector has all sections to do, the second none."""
    made = []
    for place, title in enumerate(titles):
        who, other = f"inspector-{place % 8 + 1}", "inspector-9"
        made.append({"form": form, "title": title, "inspectors": [who, other], "sections": {other: []}})
    return made
