"""Accounts hold proof of identity and are global (one person may serve several bureaus); what a person is to a
bureau stands in that bureau's own rows: `people` and `memberships`."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from kernel.database import BureauOwned, Versioned, db, fk_bureau, fk_in_bureau, fk_school, new_id, now


class Bureau(Versioned, db.Model):
    """Global: the list of tenants itself. `settings` holds choices of the bureau, e.g. {"second_factor_roles": []}."""

    __tablename__ = "bureaus"
    __table_args__ = (UniqueConstraint("code"), CheckConstraint("state IN ('active', 'suspended')", name="state"))
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    state: Mapped[str] = mapped_column(default="active")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Account(Versioned, db.Model):
    """Global: a person may serve several bureaus with one account. `username` and `mobile` are lower case, trimmed."""

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("username"),
        UniqueConstraint("mobile"),
        CheckConstraint("state IN ('active', 'suspended')", name="state"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str]
    mobile: Mapped[str | None]
    email: Mapped[str | None]
    display_name: Mapped[str]
    password_hash: Mapped[str]
    password_changed_at: Mapped[datetime] = mapped_column(default=now)
    must_change_password: Mapped[bool] = mapped_column(default=True)
    totp_secret: Mapped[str | None]
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]  # the last accepted time step: a code is good once
    recovery_hashes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    locale: Mapped[str] = mapped_column(default="zh_CN")
    state: Mapped[str] = mapped_column(default="active")
    created_at: Mapped[datetime] = mapped_column(default=now)


class Person(Versioned, BureauOwned, db.Model):
    """A person as this bureau knows them; `id` is the account's id."""

    __tablename__ = "people"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        ForeignKeyConstraint(["id"], ["accounts.id"]),
        CheckConstraint("state IN ('active', 'suspended')", name="state"),
        Index("ix_people_search_name", "bureau_id", "search_name"),
    )
    display_name: Mapped[str]
    search_name: Mapped[str]  # lower case, for matching with = and ^@
    state: Mapped[str] = mapped_column(default="active")  # suspended: by this bureau, which cannot touch the account
    created_at: Mapped[datetime] = mapped_column(default=now)


class Membership(Versioned, BureauOwned, db.Model):
    """A role held in a bureau, a zone, a school or a supplier's company, on the days [valid_from, valid_until] and not once `ended_at` is
    set. The database calls the row live while `ended_at` is empty."""

    __tablename__ = "memberships"
    __audited__ = True
    __table_args__ = (
        fk_bureau(),
        fk_in_bureau("person_id", "people"),
        fk_school(),
        ForeignKeyConstraint(["bureau_id", "zone_id"], ["zones.bureau_id", "zones.id"]),
        fk_in_bureau("supplier_id", "bureau_suppliers"),
        CheckConstraint("level IN ('bureau', 'zone', 'school', 'supplier')", name="level"),
        CheckConstraint(
            "(level = 'zone') = (zone_id IS NOT NULL) AND (level = 'school') = (school_id IS NOT NULL)",
            name="scope",
        ),
        # Roles of a supplier that ended before companies were on record have none.
        CheckConstraint(
            "CASE WHEN level = 'supplier' THEN supplier_id IS NOT NULL OR ended_at IS NOT NULL"
            " ELSE supplier_id IS NULL END",
            name="supplier",
        ),
        CheckConstraint("valid_from <= valid_until", name="span"),
        Index(
            "uq_memberships_live",
            "bureau_id", "person_id", "role", "zone_id", "school_id", "supplier_id",
            unique=True, postgresql_where="ended_at IS NULL", postgresql_nulls_not_distinct=True,
        ),
        Index("ix_memberships_school", "bureau_id", "school_id"),
        Index("ix_memberships_supplier", "bureau_id", "supplier_id", postgresql_where="supplier_id IS NOT NULL"),
    )  # fmt: skip
    person_id: Mapped[UUID]
    level: Mapped[str]
    role: Mapped[str]
    zone_id: Mapped[int | None]
    school_id: Mapped[int | None]
    supplier_id: Mapped[UUID | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    ended_at: Mapped[datetime | None]


class SignIn(db.Model):
    """Global: one signed-in browser. Only the token's hash is kept; the chosen scope lives here."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("(level IS NOT DISTINCT FROM 'supplier') = (supplier_id IS NOT NULL)", name="supplier"),
        Index("ix_sign_ins_account_id", "account_id"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    token_hash: Mapped[str]
    bureau_id: Mapped[int | None]
    zone_id: Mapped[int | None]
    school_id: Mapped[int | None]
    supplier_id: Mapped[UUID | None]
    level: Mapped[str | None]
    second_factor_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str]
    user_agent: Mapped[str]


class ApiToken(db.Model):
    """Global: a person's or device's token for the API, bound to one scope; only its hash is kept."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint(
            "CASE WHEN level = 'supplier' THEN supplier_id IS NOT NULL OR revoked_at IS NOT NULL"
            " ELSE supplier_id IS NULL END",
            name="supplier",
        ),
        Index("ix_api_tokens_account_id", "account_id"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    token_hash: Mapped[str]
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    bureau_id: Mapped[int]
    zone_id: Mapped[int | None]
    school_id: Mapped[int | None]
    supplier_id: Mapped[UUID | None]
    level: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class FailedSignIn(db.Model):
    """Global: failures counted per account name tried and per address, for the lock-out."""

    __tablename__ = "failed_sign_ins"
    __table_args__ = (
        Index("ix_failed_sign_ins_account_key_at", "account_key", "at"),
        Index("ix_failed_sign_ins_address_at", "address", "at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_key: Mapped[str]  # SHA-256 of the account or the name tried: a password typed as the name leaves no trace
    address: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    is_open: Mapped[bool] = mapped_column(default=False)  # being checked at this moment, see service/attempts.py
