"""Reads the catalog and says which table breaks the tenancy rules (design: keys carry the tenant, forced
row-level security, plain policies). It trusts nothing but the catalog: not the models, not the migrations."""

import re
from dataclasses import dataclass

from sqlalchemy import Connection, text

from kernel.database.scope import RUNTIME_ROLES

GLOBAL_MARK = "global:"
# Anything in a policy beyond plain equalities over the scope settings costs the index (measured 250–4,000 times).
FORBIDDEN_IN_POLICY = re.compile(r"\bSELECT\b|\bOR\b|\bEXISTS\b|\bIN\s*\(|\brandom\(|\bnow\(|set_config", re.IGNORECASE)

TABLES = """
SELECT c.oid, c.relname, obj_description(c.oid, 'pg_class') AS comment, c.relrowsecurity, c.relforcerowsecurity,
       pg_get_userbyid(c.relowner) AS owner,
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attnotnull) AS required
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""
CONSTRAINTS = """
SELECT c.conrelid, c.conname, c.contype::text AS kind, c.confrelid::regclass::text AS target,
       ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(n, i)
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.i) AS columns,
       ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k(n, i)
             JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY k.i) AS targets
FROM pg_constraint c WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'f')
"""
INDEXES = """
SELECT i.indrelid, i.indexrelid::regclass::text AS name, i.indisunique,
       ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(n, p)
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n ORDER BY k.p) AS columns
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace
"""
POLICIES = """
SELECT p.polrelid, p.polname, pg_get_expr(p.polqual, p.polrelid) AS qual,
       pg_get_expr(p.polwithcheck, p.polrelid) AS check,
       ARRAY(SELECT CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r)::text END FROM unnest(p.polroles) r) AS roles
FROM pg_policy p
"""
TRIGGERS = "SELECT tgrelid, tgname FROM pg_trigger WHERE NOT tgisinternal"
ROLES = "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = ANY (:roles)"


@dataclass(frozen=True, slots=True)
class Finding:
    table: str
    rule: str  # stable code
    message: str


def check_catalog(connection: Connection) -> list[Finding]:
    """Every table of schema public that breaks a rule; empty when all is well."""
    rows = connection.execute(text(TABLES)).mappings().all()
    tables = {row["oid"]: row for row in rows}
    by_name = {row["relname"]: row for row in rows}
    is_global = {row["relname"]: (row["comment"] or "").startswith(GLOBAL_MARK) for row in rows}
    findings: list[Finding] = []

    def report(table: str, rule: str, message: str) -> None:
        findings.append(Finding(table, rule, message))

    for row in rows:
        name = row["relname"]
        if row["owner"] in RUNTIME_ROLES or row["owner"] == "houqin_app":
            report(name, "owner", f"is owned by the runtime role {row['owner']}")
        if is_global[name]:
            continue
        if "bureau_id" not in row["columns"]:
            # The list of schools and the like still carry bureau_id; what has none must say why it is global.
            report(name, "tenant", "has no bureau_id and no comment 'global: <reason>'")
            continue
        if "bureau_id" not in row["required"]:
            report(name, "tenant", "bureau_id may be null")
        if not row["relrowsecurity"]:
            report(name, "rls", "row-level security is not enabled")
        if not row["relforcerowsecurity"]:
            report(name, "rls_forced", "row-level security is not forced on the owner")

    _check_keys(connection, tables, by_name, is_global, report)
    _check_policies(connection, tables, is_global, report)
    for trigger in connection.execute(text(TRIGGERS)).mappings():
        table = tables.get(trigger["tgrelid"])
        if table and not is_global[table["relname"]]:
            report(table["relname"], "trigger", f"has trigger {trigger['tgname']}")
    wanted = [*RUNTIME_ROLES, "houqin_app"]
    for role in connection.execute(text(ROLES), {"roles": wanted}).mappings():
        if role["rolsuper"] or role["rolbypassrls"]:
            report("-", "role", f"runtime role {role['rolname']} can bypass row-level security")
    return findings


def _check_keys(connection, tables, by_name, is_global, report) -> None:  # type: ignore[no-untyped-def]
    keyed = set()
    for constraint in connection.execute(text(CONSTRAINTS)).mappings():
        table = tables.get(constraint["conrelid"])
        if table is None:
            continue
        name, columns = table["relname"], constraint["columns"]
        if is_global[name]:
            target = by_name.get(constraint["target"] or "")
            if constraint["kind"] == "f" and target is not None and not is_global[target["relname"]]:
                report(name, "global_reference", f"{constraint['conname']} leaves a global table for a tenant table")
            continue
        if constraint["kind"] == "p":
            keyed.add(name)
            prefix = ["bureau_id"]
            if "school_id" in table["required"] and columns[1:2] == ["school_id"]:
                prefix.append("school_id")
            if columns[: len(prefix)] != prefix or "bureau_id" not in columns[:1]:
                report(name, "primary_key", f"primary key ({', '.join(columns)}) does not start with the tenant")
        elif constraint["kind"] == "f":
            _check_reference(constraint, table, by_name, is_global, report)
    for table in tables.values():
        name = table["relname"]
        if not is_global[name] and "bureau_id" in table["columns"] and name not in keyed:
            report(name, "primary_key", "has no primary key")
    for index in connection.execute(text(INDEXES)).mappings():
        table = tables.get(index["indrelid"])
        if table is None or is_global[table["relname"]] or "bureau_id" not in table["columns"]:
            continue
        if index["indisunique"] and "bureau_id" not in index["columns"]:
            report(table["relname"], "unique", f"unique index {index['name']} does not contain bureau_id")
        elif index["columns"][:1] != ["bureau_id"]:
            report(table["relname"], "index", f"index {index['name']} does not start with bureau_id")


def _check_reference(constraint, table, by_name, is_global, report) -> None:  # type: ignore[no-untyped-def]
    """A reference between tenant tables carries bureau_id, and school_id where both sides have one."""
    target = by_name.get(constraint["target"])
    if target is None or is_global[target["relname"]]:
        return
    pairs = set(zip(constraint["columns"], constraint["targets"], strict=True))
    if ("bureau_id", "bureau_id") not in pairs:
        report(table["relname"], "foreign_key", f"{constraint['conname']} does not carry bureau_id")
    both_of_a_school = "school_id" in table["columns"] and "school_id" in target["columns"]
    if both_of_a_school and ("school_id", "school_id") not in pairs:
        report(table["relname"], "foreign_key", f"{constraint['conname']} does not carry school_id")


def _check_policies(connection, tables, is_global, report) -> None:  # type: ignore[no-untyped-def]
    covered = set()
    for policy in connection.execute(text(POLICIES)).mappings():
        table = tables.get(policy["polrelid"])
        if table is None:
            continue
        name = table["relname"]
        covered.add(name)
        for clause in (policy["qual"], policy["check"]):
            if clause and FORBIDDEN_IN_POLICY.search(clause):
                report(name, "policy", f"policy {policy['polname']} is not a plain equality")
            if clause == "true" and not set(policy["roles"]) <= {"houqin_identity", "houqin_operator"}:
                report(name, "policy", f"policy {policy['polname']} lets every row through")
        if "public" in policy["roles"]:
            report(name, "policy", f"policy {policy['polname']} is for every role")
    for table in tables.values():
        if not is_global[table["relname"]] and "bureau_id" in table["columns"] and table["relname"] not in covered:
            report(table["relname"], "policy", "has no policy")
