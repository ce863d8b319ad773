"""The arrangement of holidays: the nation's days are global, a bureau may add its own (e.g. a local school holiday)."""

from datetime import date

from sqlalchemy import Date, Integer
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import db, fk_bureau


class NationalDay(db.Model):
    """Global: a day that is not what its weekday says."""

    __tablename__ = "national_days"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    is_workday: Mapped[bool]
    name: Mapped[str]
    citation: Mapped[str]


class BureauDay(db.Model):
    __tablename__ = "bureau_days"
    __audited__ = True
    __table_args__ = (fk_bureau(),)
    bureau_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    is_workday: Mapped[bool]
    name: Mapped[str]
