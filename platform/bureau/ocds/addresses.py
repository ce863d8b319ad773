"""Addresses of the public pages, as they stand in releases: whole, since a release is read anywhere."""

from uuid import UUID

from flask import current_app

PAGES = "/public/procurement"
API = "/api/v1/public"


def absolute(path: str) -> str:
    base: str = current_app.extensions["houqin.config"].base_url
    return f"{base.rstrip('/')}{path}"


def tender_page(bureau_code: str, tender_id: UUID) -> str:
    return absolute(f"{PAGES}/{bureau_code}/tenders/{tender_id}")


def notice_page(bureau_code: str, notice_id: UUID) -> str:
    return absolute(f"{PAGES}/{bureau_code}/notices/{notice_id}")


def packages(bureau_code: str) -> str:
    return absolute(f"{API}/{bureau_code}/ocds/release-package")


def record(bureau_code: str, ocid: str) -> str:
    return absolute(f"{API}/{bureau_code}/ocds/records/{ocid}")
