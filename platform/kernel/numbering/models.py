"""Document numbers without gaps: one counter row per bureau, school (0: the bureau itself), kind and year."""

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from kernel.database import db, fk_bureau


class DocumentCounter(db.Model):
    __tablename__ = "document_counters"
    __table_args__ = (fk_bureau(),)
    bureau_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
