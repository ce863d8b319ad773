// What scoring returns, and its JSON: the same as the service's `scorecards.result`.

import { type Exact, decimalText } from "./exact";
import type { LimitEffect, Shape, VetoEffect } from "./form";

export type Param = Exact | string | number | boolean | null | Readonly<Record<string, number | Exact>>;
export type Params = Readonly<Record<string, Param>>;

export type Reason =
  | "full" | "not_met" | "judged" | "count" | "count_free" | "count_capped" | "count_zero" | "listed" | "listed_capped"
  | "additive" | "level" | "tier" | "short" | "short_capped" | "short_zero" | "bonus" | "no_bonus" | "passed" | "failed"
  | "not_found" | "found" | "unscored" | "not_applicable" | "tag_absent" | "section_absent" | "unanswered"
  | "parameter_missing" | "veto_item" | "veto_section";

/** One item's row of the account; `available`, `awarded` null where the item bears no points of its own. */
export interface Line {
  readonly code: string;
  readonly section: string;
  readonly rule: Shape;
  readonly available: Exact | null;
  readonly awarded: Exact | null;
  readonly lost: Exact;
  readonly reason: Reason;
  readonly params: Params;
  readonly vetoed: boolean;
  readonly unit: string;
  readonly bonus: boolean;
}

export interface SectionTotal {
  readonly code: string;
  readonly available: Exact;
  readonly awarded: Exact;
  readonly lost: Exact;
}

export interface VetoFound {
  readonly item: string;
  readonly effect: VetoEffect;
  readonly label: string;
  readonly unit: string;
}

/** `failed`: how many items of the mark ("": key items) failed, each unit counted. */
export interface LimitReached {
  readonly mark: string;
  readonly failed: number;
  readonly at_least: number;
  readonly effect: LimitEffect;
  readonly label: string;
  readonly note: string;
}

/** One room or window; `section` "" where the form repeats. `counted`: it is part of the score. */
export interface UnitTotal {
  readonly section: string;
  readonly unit: string;
  readonly label: string;
  readonly available: Exact;
  readonly awarded: Exact;
  readonly lost: Exact;
  readonly score: Exact | null;
  readonly counted: boolean;
}

/** What happens between the account's lines and the score; figures to four places, for reading. */
export interface Step {
  readonly step: string;
  readonly params: Params;
  readonly section: string;
  readonly unit: string;
}

export interface Tally {
  readonly key_checked: number;
  readonly key_failed: number;
  readonly general_checked: number;
  readonly general_failed: number;
}

export interface Result {
  readonly score: Exact | null;
  readonly maximum: Exact | null;
  readonly percent: Exact | null;
  readonly complete: boolean;
  readonly missing: readonly string[];
  readonly band: string | null;
  readonly verdict: string | null;
  readonly verdict_problem: string | null;
  readonly account: readonly Line[];
  readonly sections: readonly SectionTotal[];
  readonly vetoes: readonly VetoFound[];
  readonly key_failures: readonly string[];
  readonly tally: Tally | null;
  readonly score_before_veto: Exact | null;
  readonly units: readonly UnitTotal[];
  readonly limits: readonly LimitReached[];
  readonly band_withheld: boolean;
  readonly bonus: Exact | null;
  readonly bonus_maximum: Exact | null;
  readonly missing_units: Readonly<Record<string, number>>;
  readonly missing_parameters: readonly string[];
  readonly steps: readonly Step[];
}

const isExact = (value: object): value is Exact => "n" in value && typeof value.n === "bigint";

// A line never changes, and a sheet of many rooms gives nearly all of them again after every tap.
const linesDone = new WeakMap<object, unknown>();

const plainFields = (value: object): unknown =>
  Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));

const plainLine = (line: object): unknown => {
  const done = linesDone.get(line) ?? plainFields(line);
  linesDone.set(line, done);
  return done;
};

/** Plain JSON of a result, a line or a parameter; exact numbers as texts. Not to be changed by who gets it. */
export const plain = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if (isExact(value)) return decimalText(value);
  if (Array.isArray(value)) return value.map(plain);
  return "reason" in value && "params" in value ? plainLine(value) : plainFields(value);
};

const isEmpty = (value: unknown): boolean =>
  value === null || value === false || value === "" || (typeof value === "object" && Object.keys(value).length === 0);

/** Without the fields of these names that say nothing: only repeating or adding parts have them. */
const without = (names: readonly string[], row: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([name, value]) => !(names.includes(name) && isEmpty(value))));

const OPTIONAL = [
  "units", "limits", "band_withheld", "bonus", "bonus_maximum", "missing_units", "missing_parameters", "steps",
];
const OPTIONAL_IN_ROWS = ["unit", "bonus", "section"];

export const resultToJson = (result: Result): Record<string, unknown> => {
  const rows = (all: readonly object[]): unknown => all.map((row) => without(OPTIONAL_IN_ROWS, plain(row) as object));
  const { account, vetoes, steps, ...rest } = result;
  const spoken = { ...(plain(rest) as object), account: rows(account), vetoes: rows(vetoes), steps: rows(steps) };
  return without(OPTIONAL, spoken);
};
