import pytest

from bureau.ocds.service import publishing


@pytest.fixture
def tell():
    """Publish what is new of a tender: the release appended, or None."""
    return lambda made: publishing.refresh(getattr(made, "made", made).bureau_id, made.id)
