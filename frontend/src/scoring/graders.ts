// One grader per rule shape: made once for an item, then answer → the item's line of the account, as the service's
// `scorecards.graders`.

import type { Answer, AnswerKind, Mark } from "./answers";
import {
  type Exact, ONE, ZERO, add, compare, decimal, floor, isMultiple, isZero, min, multiply, subtract, sum, times,
} from "./exact";
import type { EntryJson, ItemJson, RuleJson, Shape } from "./form";
import type { Line, Params, Reason } from "./result";
import { type Parameters, figureOf } from "./scales";
import { byCodePoint, cut, isTruthy } from "./text";
import { Unfit } from "./unfit";

export const MAX_COUNT = 1_000_000;

/** `parameters` are looked at only by a rule that depends on one: NotKnown where it is not among them. */
export type Grader = (answer: Answer, parameters: Parameters) => Line;
type LineOf = (lost: Exact, reason: Reason, params?: Params) => Line;
type RuleOf<Name extends Shape> = Extract<RuleJson, { shape: Name }>;

export const EXPECTED: Readonly<Record<Shape, AnswerKind>> = {
  all_or_nothing: "met",
  judged: "judged",
  count_deduction: "count",
  listed_deductions: "checked",
  additive: "checked",
  levels: "level",
  tiers: "count",
  required_count: "count",
  yes_no: "met",
  veto_only: "found",
  unscored: "met",
};

const expect = (answer: Answer, kind: AnswerKind): void => {
  if (answer.kind !== kind) throw new Unfit("wrong_kind", { expected: kind, given: answer.kind });
};

export const isCount = (value: unknown, low: number, high: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && low <= value && value <= high;

const optional = (text: string | null | undefined): Exact | null => (text == null ? null : decimal(text));
const lower = (a: Exact | null, b: Exact | null): Exact | null => (a && b ? min(a, b) : (a ?? b));
const orZero = (points: Exact | null): Exact => points ?? ZERO;

const twoWay = (kind: AnswerKind, whenTrue: Line, whenFalse: Line): Grader => (answer) => {
  expect(answer, kind);
  if (typeof answer.value !== "boolean") throw new Unfit("not_a_flag");
  return answer.value ? whenTrue : whenFalse;
};

const judged = (rule: RuleOf<"judged">, points: Exact, line: LineOf): Grader => {
  const full = line(ZERO, "full");
  const step = decimal(rule.step ?? "0.5");
  return (answer) => {
    expect(answer, "judged");
    const mark = answer.value as Mark | null;
    if (mark === null) throw new Unfit("not_a_number");
    const { value, exponent } = mark;
    if (compare(value, ZERO) < 0 || compare(value, points) > 0) {
      throw new Unfit("mark_out_of_range", { low: ZERO, high: points });
    }
    if (compare(value, points) === 0) return full;
    // A mark finer than any step could be is off the step, whatever its size.
    if (exponent < -8 || !isMultiple(value, step)) throw new Unfit("mark_off_step", { step });
    return line(subtract(points, value), "judged", { mark: value });
  };
};

const countOf = (answer: Answer): number => {
  expect(answer, "count");
  if (!isCount(answer.value, 0, MAX_COUNT)) throw new Unfit("not_a_count", { low: 0 });
  return answer.value;
};

/** Of a rule that knows nothing of findings reported before. */
const freshCountOf = (answer: Answer): number => {
  const count = countOf(answer);
  if (isTruthy(answer.unresolved)) throw new Unfit("unresolved_above_count", { count: 0 });
  return count;
};

const given = (names: readonly string[], parameters: Parameters): Record<string, Exact> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = parameters.get(name);
      return value ? [[name, value]] : [];
    }),
  );

const counted = (rule: RuleOf<"count_deduction">, points: Exact | null, line: LineOf): Grader => {
  const none = line(ZERO, "full");
  // Beside a table of costs it may be left out.
  const fixed = optional(rule.unit_points) ?? ZERO;
  const factor = optional(rule.unresolved_factor) ?? ONE;
  const limit = lower(points, optional(rule.cap));
  const label = rule.unit_label ?? "处";
  const scales = [rule.unit_points_by, rule.free_by].flatMap((scale) => (scale ? [scale] : []));
  const names = scales.map(({ parameter }) => parameter);
  const unitBy = rule.unit_points_by ? figureOf(rule.unit_points_by) : null;
  const freeBy = rule.free_by ? figureOf(rule.free_by) : null;
  return (answer, parameters) => {
    const count = countOf(answer);
    const { unresolved } = answer;
    if (!isCount(unresolved, 0, count)) throw new Unfit("unresolved_above_count", { count });
    if (count === 0) return none;
    const unit = unitBy ? unitBy(parameters) : fixed;
    const free = (rule.free ?? 0) + (freeBy ? Number(floor(freeBy(parameters))) : 0);
    const charged = Math.max(count - unresolved - free, 0);
    const raw = add(times(unit, charged), times(multiply(unit, factor), unresolved));
    const params: Params = {
      count, unit_points: unit, unit_label: label, raw,
      ...(names.length ? { parameters: given(names, parameters) } : {}),
      ...(unresolved ? { unresolved, unresolved_factor: factor } : {}),
      ...(free ? { free } : {}),
    };
    if (rule.zero_at != null && count >= rule.zero_at) {
      return line(points ?? raw, "count_zero", { zero_at: rule.zero_at, ...params });
    }
    if (limit && compare(raw, limit) > 0) return line(limit, "count_capped", { cap: limit, ...params });
    return line(raw, isZero(raw) && free ? "count_free" : "count", params);
  };
};

const required = (rule: RuleOf<"required_count">, points: Exact | null, line: LineOf): Grader => {
  const limit = lower(points, optional(rule.cap));
  const unit = decimal(rule.unit_points);
  const figure = figureOf(rule.required);
  return (answer, parameters) => {
    const count = freshCountOf(answer);
    const needed = Number(floor(figure(parameters)));
    const short = Math.max(needed - count, 0);
    const raw = times(unit, short);
    const params: Params = {
      count, required: needed, short, unit_points: unit, unit_label: rule.unit_label ?? "名", raw,
      parameters: given([rule.required.parameter], parameters),
    };
    if (short === 0) return line(ZERO, "full", params);
    if (rule.zero_at != null && short >= rule.zero_at) {
      return line(points ?? raw, "short_zero", { zero_at: rule.zero_at, ...params });
    }
    if (limit && compare(raw, limit) > 0) return line(limit, "short_capped", { cap: limit, ...params });
    return line(raw, "short", params);
  };
};

const tiers = (rule: RuleOf<"tiers">, points: Exact, line: LineOf): Grader => {
  const steps = rule.tiers.map((tier) => ({ from: tier.from, earned: min(decimal(tier.points), points) })).reverse();
  return (answer) => {
    const count = freshCountOf(answer);
    const earned = steps.find(({ from }) => from <= count)?.earned ?? ZERO;
    const reason = compare(earned, points) === 0 ? "full" : "tier";
    return line(subtract(points, earned), reason, { count, unit_label: rule.unit_label ?? "项", points: earned });
  };
};

interface Entry {
  readonly points: Exact;
  readonly repeatable: boolean;
}

/** In the form's order. */
const entriesOf = (rows: readonly EntryJson[]): ReadonlyMap<string, Entry> =>
  new Map(rows.map((row) => [row.code, { points: decimal(row.points), repeatable: row.repeatable ?? false }]));

const entryFault = (code: string, count: unknown, entry: Entry | undefined): Unfit | null => {
  if (!entry) return new Unfit("unknown_entry", { entry: cut(code, 60) });
  if (!isCount(count, 0, MAX_COUNT)) return new Unfit("not_a_count", { low: 0 });
  return count > 1 && !entry.repeatable ? new Unfit("entry_not_repeatable", { entry: code }) : null;
};

/** How often each entry is ticked, and what that is worth together. */
const ticked = (answer: Answer, entries: ReadonlyMap<string, Entry>): [Record<string, number>, Exact] => {
  expect(answer, "checked");
  if (!(answer.value instanceof Map)) throw new Unfit("not_entries");
  const faults = [...(answer.value as ReadonlyMap<string, unknown>)].flatMap(([code, count]) => {
    const fault = entryFault(code, count, entries.get(code));
    return fault ? [{ code, fault }] : [];
  });
  if (faults.length > 0) throw faults.sort((a, b) => byCodePoint(a.code, b.code))[0]?.fault;
  const counts: Record<string, number> = {};
  const worth: Exact[] = [];
  for (const [code, { points }] of entries) {
    const count = answer.value.get(code) as number | undefined;
    if (!count) continue;
    counts[code] = count;
    worth.push(times(points, count));
  }
  return [counts, sum(worth)];
};

const listed = (rule: RuleOf<"listed_deductions">, points: Exact | null, line: LineOf): Grader => {
  const none = line(ZERO, "full");
  const limit = lower(points, optional(rule.cap));
  const known = entriesOf(rule.entries);
  return (answer) => {
    const [entries, raw] = ticked(answer, known);
    if (isZero(raw)) return none;
    if (limit && compare(raw, limit) > 0) return line(limit, "listed_capped", { entries, raw, cap: limit });
    return line(raw, "listed", { entries, raw });
  };
};

const additive = (rows: readonly EntryJson[], points: Exact, line: LineOf): Grader => {
  const full = line(ZERO, "full");
  const known = entriesOf(rows);
  return (answer) => {
    const [entries, earned] = ticked(answer, known);
    return compare(earned, points) >= 0 ? full : line(subtract(points, earned), "additive", { entries });
  };
};

const levels = (rows: readonly EntryJson[], points: Exact, line: LineOf): Grader => {
  const lines = new Map(
    rows.map((row) => {
      const worth = min(decimal(row.points), points);
      const reason = compare(worth, points) === 0 ? "full" : "level";
      return [row.code, line(subtract(points, worth), reason, { level: row.code })];
    }),
  );
  return (answer) => {
    expect(answer, "level");
    const found = typeof answer.value === "string" ? lines.get(answer.value) : undefined;
    if (!found) throw new Unfit("unknown_level", { level: typeof answer.value === "string" ? cut(answer.value, 60) : "" });
    return found;
  };
};

/** What a bonus item did not earn is not lost. */
const asBonus = (line: Line): Line => {
  const points = line.awarded ?? ZERO;
  const reason = isZero(points) ? "no_bonus" : "bonus";
  return { ...line, lost: ZERO, reason, params: { ...line.params, points }, bonus: true };
};

export const compileItem = (item: ItemJson, section: string): Grader => {
  const grade = graderOf(item, section);
  return item.bonus ? (answer, parameters) => asBonus(grade(answer, parameters)) : grade;
};

/** The parameters without which the item's rule cannot be scored. */
export const dependsOn = ({ rule }: ItemJson): readonly string[] => {
  const scales =
    rule.shape === "count_deduction" ? [rule.unit_points_by, rule.free_by] : rule.shape === "required_count" ? [rule.required] : [];
  return scales.flatMap((scale) => (scale ? [scale.parameter] : []));
};

const graderOf = (item: ItemJson, section: string): Grader => {
  const { rule } = item;
  const points = optional(item.points);
  const line: LineOf = (lost, reason, params = {}) => ({
    code: item.code, section, rule: rule.shape, available: points,
    awarded: points && subtract(points, lost), lost, reason, params, vetoed: false, unit: "", bonus: false,
  });
  const pointless = (reason: Reason): Line => ({ ...line(ZERO, reason), available: null, awarded: null });
  switch (rule.shape) {
    case "all_or_nothing":
      return twoWay("met", line(ZERO, "full"), line(orZero(points), "not_met"));
    case "yes_no":
      return twoWay("met", pointless("passed"), pointless("failed"));
    case "veto_only":
      return twoWay("found", pointless("found"), pointless("not_found"));
    case "unscored":
      return twoWay("met", pointless("unscored"), pointless("unscored"));
    case "judged":
      return judged(rule, orZero(points), line);
    case "count_deduction":
      return counted(rule, points, line);
    case "listed_deductions":
      return listed(rule, points, line);
    case "additive":
      return additive(rule.entries, orZero(points), line);
    case "levels":
      return levels(rule.entries, orZero(points), line);
    case "tiers":
      return tiers(rule, orZero(points), line);
    case "required_count":
      return required(rule, points, line);
  }
};
