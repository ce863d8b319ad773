// What scoring returns, and its JSON: the same as the service's `scorecards.result`.

import { type Exact, decimalText } from "./exact";
import type { Shape, VetoEffect } from "./form";

export type Param = Exact | string | number | boolean | null | Readonly<Record<string, number>>;
export type Params = Readonly<Record<string, Param>>;

export type Reason =
  | "full" | "not_met" | "judged" | "count" | "count_capped" | "count_zero" | "listed" | "listed_capped" | "additive"
  | "level" | "passed" | "failed" | "not_found" | "found" | "unscored" | "not_applicable" | "tag_absent" | "unanswered"
  | "veto_item" | "veto_section";

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
}

const isExact = (value: object): value is Exact => "n" in value && typeof value.n === "bigint";

/** Plain JSON of a result, a line or a parameter; exact numbers as texts. */
export const plain = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if (isExact(value)) return decimalText(value);
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
};

export const resultToJson = (result: Result): Record<string, unknown> => plain(result) as Record<string, unknown>;
