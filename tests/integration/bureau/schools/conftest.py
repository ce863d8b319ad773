import pytest
from sqlalchemy import select

from bureau.schools.models import School
from kernel.database.scope import Scope, use_scope

NUMBERS = {
    "enrolment_under_6": "0", "enrolment_6_8": "300", "enrolment_9_11": "280", "enrolment_12_14": "0",
    "enrolment_15_17": "0", "classes": "14", "staff_count": "40", "boarders_male": "60", "boarders_female": "50",
    "diners": "520", "address": "演示路1号", "latitude": "29.95", "longitude": "124.1", "contact_name": "演示甲",
    "contact_phone": "0000-0000001",
}  # fmt: skip
PROFILE = {
    "code": "new-1", "name": "演示新建小学", "stage": "primary", "zone_id": "", "setting": "town", "is_boarding": "1",
    "canteen_mode": "self_run", **NUMBERS,
}  # fmt: skip


@pytest.fixture
def stored(session, world):
    """`stored("a1")`: the school as the database has it now."""

    def read(code, bureau="a"):
        session.commit()
        use_scope(session(), Scope("houqin_bureau", world.bureaus[bureau]))
        return session.scalar(select(School).where(School.code == code).execution_options(populate_existing=True))

    return read


@pytest.fixture
def profile():
    """A sound profile as a page sends it."""
    return dict(PROFILE)


@pytest.fixture
def numbers():
    return dict(NUMBERS)


@pytest.fixture
def json_profile(profile):
    """A sound profile as the API takes it."""
    values = {name: int(value) if value.isdigit() else value for name, value in profile.items()}
    return {**values, "is_boarding": True, "zone_id": None}
