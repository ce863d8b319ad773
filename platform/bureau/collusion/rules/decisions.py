"""What may become of a sign. Every step has a reason and a person; a closed sign can be opened again, never erased."""

TABLE = {
    ("open", "dismiss"): "dismissed",
    ("open", "refer"): "referred",
    ("open", "invalidate"): "invalid",
    ("referred", "dismiss"): "dismissed",
    ("referred", "invalidate"): "invalid",
    ("dismissed", "reopen"): "open",
    ("referred", "reopen"): "open",
    ("invalid", "reopen"): "open",
}
EVENTS = tuple(dict.fromkeys(event for _, event in TABLE))


class NotInTable(ValueError):
    pass


def next_state(state: str, event: str) -> str:
    if (state, event) not in TABLE:
        raise NotInTable(f"{event} in {state}")
    return TABLE[state, event]


def events_from(state: str) -> list[str]:
    return [event for event in EVENTS if (state, event) in TABLE]
