// Answers as the service's `scorecards.answers` reads them: an object with one of the keys met, count, judged, checked,
// level, found, not_applicable (and "unresolved", "veto"), or the bare value that the item's rule expects.

import { type Exact, integer, scaled } from "./exact";
import type { Params } from "./result";
import { byCodePoint, cut, isObject, strip } from "./text";

export const KINDS = ["met", "count", "judged", "checked", "level", "found", "not_applicable"] as const;
export type AnswerKind = (typeof KINDS)[number];

export interface Answer {
  readonly kind: AnswerKind;
  readonly value: unknown;
  readonly unresolved: unknown;
  readonly veto: unknown;
}

/** Of a mark: its value, and the exponent it is written with ("0.50": -2). */
export interface Mark {
  readonly value: Exact;
  readonly exponent: number;
}

export interface Problem {
  readonly path: string;
  readonly code: string;
  readonly params: Params;
}

/** Every answer that cannot be read, or that its rule cannot take. */
export class AnswersInvalid extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(({ path, code }) => `${path}: ${code}`).join("; "));
  }
}

const MARK = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const DIGIT = /\p{Nd}/u;
const MAX_MARK_LENGTH = 20;
// Beyond these powers a mark of 20 characters is above, or below, everything that an item can be worth.
const [HIGHEST, LOWEST] = [30, -60];

/** Decimal digits of any script (１２) as 0-9: each script has its ten in a row. */
const plainDigits = (text: string): string =>
  text.replace(/[^\x00-\x7f]/gu, (character) => {
    if (!DIGIT.test(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    let first = code;
    while (DIGIT.test(String.fromCodePoint(first - 1))) first -= 1;
    return String((code - first) % 10);
  });

/** null where it is no finite number. */
export const readMark = (raw: unknown): Mark | null => {
  if (typeof raw === "number") {
    // What JSON writes without a point or an exponent.
    return Number.isInteger(raw) && Math.abs(raw) < 1e21 ? { value: integer(raw), exponent: 0 } : null;
  }
  if (typeof raw !== "string" || Array.from(raw).length > MAX_MARK_LENGTH) return null;
  const found = MARK.exec(plainDigits(strip(raw)).replaceAll("_", ""));
  if (!found) return null;
  const [, sign, whole = "", places = "", power = "0"] = found;
  if (!whole && !places) return null;
  const coefficient = BigInt(`${sign === "-" ? "-" : ""}${whole}${places}`);
  const exponent = Number(power) - places.length;
  return { value: scaled(coefficient, Math.min(Math.max(exponent, LOWEST), HIGHEST)), exponent };
};

const isText = (value: unknown): value is string => typeof value === "string";

const valueOf = (kind: AnswerKind, raw: unknown): unknown => {
  if (kind === "judged") return readMark(raw);
  if (kind === "checked" && Array.isArray(raw) && raw.every(isText)) {
    // A code listed twice is a count of two, which only a repeatable entry takes.
    const counts = new Map<string, number>();
    for (const code of raw) counts.set(code, (counts.get(code) ?? 0) + 1);
    return counts;
  }
  return kind === "checked" && isObject(raw) ? new Map(Object.entries(raw)) : raw;
};

const has = (raw: Record<string, unknown>, key: string): boolean => Object.hasOwn(raw, key);

/** A Problem without a path, or the answer; whether its value fits is the grader's to say. */
export const readAnswer = (expected: AnswerKind, raw: unknown): Answer | Problem => {
  const bare = (): Answer => ({ kind: expected, value: valueOf(expected, raw), unresolved: 0, veto: false });
  if (!isObject(raw)) return bare();
  const kinds = KINDS.filter((kind) => has(raw, kind));
  if (expected === "checked" && kinds.length === 0 && !has(raw, "veto")) return bare();
  const [kind] = kinds;
  if (kind === undefined || kinds.length !== 1) return { path: "", code: "not_one_answer", params: {} };
  const unknown = Object.keys(raw).filter((key) => key !== kind && key !== "unresolved" && key !== "veto");
  if (unknown.length > 0) {
    return { path: "", code: "unknown_key", params: { key: cut(unknown.sort(byCodePoint).join(", "), 200) } };
  }
  return {
    kind,
    value: valueOf(kind, raw[kind]),
    unresolved: has(raw, "unresolved") ? raw["unresolved"] : 0,
    veto: has(raw, "veto") ? raw["veto"] : false,
  };
};

export const isProblem = (read: object): read is Problem => "path" in read;
