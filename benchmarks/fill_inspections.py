"""The inspections of the measured databases: three years, ten rounds, every school in each, two inspectors at a visit who
share its sections, so that inspectors and schools cross. Then some open visits to submit."""

from typing import Any

from psycopg2.extras import Json

from benchmarks.sample import BUREAU, VARIANTS, answers, form, result
from scorecards.form_json import to_json
from scorecards.service import digest_of

VISITS = 10  # per school, submitted and released
DAYS_APART = 115  # so that the first lies nearly three years back
OPEN_VISITS = 4  # per school, for the measurement of submitting
ITEMS_PER_VISIT = 60
INSPECTORS = 24
SYSTEM = "'00000000-0000-0000-0000-000000000000'"

FORMS = f"""
INSERT INTO form_templates (bureau_id, id, title, kind, state, created_at, created_by, version)
  VALUES ({BUREAU}, md5('template')::uuid, %(title)s, 'canteen', 'active', now(), {SYSTEM}, 1);
INSERT INTO form_versions (bureau_id, id, template_id, number, state, form, digest, item_count, findings, source_name,
    published_at, published_by, created_at, created_by, version)
  VALUES ({BUREAU}, md5('form')::uuid, md5('template')::uuid, 1, 'published', %(form)s, %(digest)s, {ITEMS_PER_VISIT},
    '[]', '', now(), {SYSTEM}, now(), {SYSTEM}, 1);
INSERT INTO inspection_plans (bureau_id, id, title, kind, form_version_id, starts_on, ends_on, note,
    releases_on_submit, needs_review, doubles_unresolved, shares_sections, sampling, state, created_at, created_by,
    version)
  SELECT {BUREAU}, md5('plan-' || p)::uuid, '演示检查计划' || p, 'canteen', md5('form')::uuid,
    CASE WHEN p <= {VISITS} THEN current_date - ({VISITS} - p) * {DAYS_APART} - 7 ELSE '2020-01-01' END, '2199-12-31',
    '', true, false, false, false, '{{}}', CASE WHEN p <= {VISITS} THEN 'closed' ELSE 'open' END, now(), {SYSTEM}, 1
  FROM generate_series(1, {VISITS + OPEN_VISITS}) p;
"""

VISIT_ROWS = f"""
INSERT INTO inspections (bureau_id, school_id, id, plan_id, form_version_id, kind, scheduled_on, state, started_at,
    submitted_at, released_at, met_by, remark, parameters, units, created_at, created_by, version)
  SELECT {BUREAU}, s, md5('visit-' || p || '-' || s)::uuid, md5('plan-' || p)::uuid, md5('form')::uuid, 'canteen', at::date,
    CASE WHEN done THEN 'released' ELSE 'planned' END, CASE WHEN done THEN at END, CASE WHEN done THEN at END,
    CASE WHEN done THEN at END, '', '', '{{}}', '{{}}', at, {SYSTEM}, CASE WHEN done THEN 3 ELSE 1 END
  FROM generate_series(1, {VISITS + OPEN_VISITS}) p, generate_series(1, %(schools)s) s,
    LATERAL (SELECT p <= {VISITS} AS done,
      now() - ({VISITS} - least(p, {VISITS})) * interval '{DAYS_APART} days' - (%(schools)s - s) * interval '9 minutes' AS at) t
  ORDER BY p, s;
CREATE TEMP TABLE bench_visits AS
  SELECT v.*, v.state = 'released' AS done, mod(school_id + p, {VARIANTS}) AS variant,
    CASE WHEN v.state = 'released' THEN md5('account-inspector-' || 1 + one)::uuid ELSE md5('account-inspector')::uuid END AS one,
    CASE WHEN v.state = 'released' THEN md5('account-inspector-' || 1 + mod(one + 1 + mod(school_id + p, {INSPECTORS - 1}),
      {INSPECTORS}))::uuid END AS two
  FROM inspections v JOIN (SELECT p, md5('plan-' || p)::uuid AS id FROM generate_series(1, {VISITS + OPEN_VISITS}) p) plan
      ON plan.id = v.plan_id,
    LATERAL (SELECT mod(v.school_id + 7 * p, {INSPECTORS}) AS one) t
  ORDER BY v.created_at;
INSERT INTO inspection_inspectors (bureau_id, school_id, id, inspection_id, person_id, is_lead)
  SELECT bureau_id, school_id, md5('inspector-' || id || person)::uuid, id, person, person = one
  FROM bench_visits, unnest(ARRAY[one, two]) person WHERE person IS NOT NULL ORDER BY created_at;
INSERT INTO inspection_answers (bureau_id, school_id, id, inspection_id, item_code, answer, remark, answered_at,
    answered_by)
  SELECT v.bureau_id, v.school_id, uuidv7(v.created_at - now()), v.id, a.key, a.value, '', v.created_at,
    CASE WHEN a.key < '4' THEN one ELSE two END
  FROM bench_visits v CROSS JOIN LATERAL jsonb_each(%(variants)s::jsonb -> v.variant -> 'answers') a
  WHERE done ORDER BY v.created_at, v.school_id, a.key;
INSERT INTO inspection_results (bureau_id, school_id, id, plan_id, form_version_id, kind, stage, is_boarding, zone_id,
    score, maximum, percent, band, account, submitted_at, released_at, revision)
  SELECT v.bureau_id, v.school_id, v.id, v.plan_id, v.form_version_id, v.kind, c.stage, c.is_boarding, c.zone_id,
    score, %(maximum)s, round(100 * score / %(maximum)s, 4), CASE WHEN score >= 108 THEN '优秀' ELSE '合格' END,
    %(variants)s::jsonb -> v.variant -> 'account', v.created_at, v.created_at, 0
  FROM bench_visits v JOIN schools c ON c.bureau_id = v.bureau_id AND c.id = v.school_id,
    LATERAL (SELECT (%(variants)s::jsonb -> v.variant ->> 'score')::numeric - mod(v.school_id * 37, 60) / 2.0 AS score) t
  WHERE done ORDER BY v.created_at;
INSERT INTO inspection_losses (bureau_id, school_id, id, inspection_id, plan_id, item_code, lost)
  SELECT v.bureau_id, v.school_id, uuidv7(v.created_at - now()), v.id, v.plan_id, l.key, l.value::numeric
  FROM bench_visits v CROSS JOIN LATERAL jsonb_each_text(%(variants)s::jsonb -> v.variant -> 'losses') l
  WHERE done ORDER BY v.created_at;
INSERT INTO inspection_events (bureau_id, school_id, id, inspection_id, event, from_state, to_state, reason, at, by)
  SELECT v.bureau_id, v.school_id, uuidv7(v.created_at - now()), v.id, e.event, e.before, e.after, '', v.created_at,
    md5('account-inspector')::uuid
  FROM inspections v CROSS JOIN (VALUES (1, 'plan', '', 'planned'), (2, 'start', 'planned', 'in_progress'),
      (3, 'submit', 'in_progress', 'submitted'), (4, 'release', 'submitted', 'released')) e (place, event, before, after)
  WHERE v.state = 'released' OR e.place = 1 ORDER BY v.created_at, e.place;
"""


def fill_inspections(cursor: Any, schools: int) -> None:
    document = to_json(form())
    cursor.execute(FORMS, {"title": form().title, "form": Json(document), "digest": digest_of(document)})
    variants, maximum = [], None
    for variant in range(VARIANTS):
        account, losses, score, maximum = result(variant)
        variants.append(
            {
                "answers": answers(variant), "account": account, "score": str(score),
                "losses": {code: str(lost) for code, lost in losses},
            }
        )  # fmt: skip
    cursor.execute(VISIT_ROWS, {"schools": schools, "variants": Json(variants), "maximum": maximum})
