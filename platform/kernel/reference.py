"""Data that come with the service and are the same for every tenant: figures of law, the arrangement of holidays."""

from sqlalchemy import Connection

from kernel.policy.loading import load_national_figures
from kernel.workdays.loading import load_national_days


def load_reference_data(connection: Connection) -> int:
    """Bring both to what the files of this version say, as the tables' owner. The number of rows that changed."""
    return load_national_figures(connection) + load_national_days(connection)
