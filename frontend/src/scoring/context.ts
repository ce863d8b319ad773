// What scoring needs beside the answers, as the service's `scorecards.context`: what the school has, its parameters,
// and the units of what repeats.

import type { Problem } from "./answers";
import { type Exact, decimal } from "./exact";
import type { FormJson } from "./form";
import type { Params } from "./result";
import { cut, isObject } from "./text";

/** As JSON gives it. `tags` null: all items apply; `units` by section code, "" for a form that repeats. */
export interface Context {
  readonly tags?: readonly string[] | null;
  readonly parameters?: unknown;
  readonly units?: unknown;
}

export interface Unit {
  readonly code: string;
  readonly label: string;
  readonly parameters: ReadonlyMap<string, Exact>;
}

const MAX_UNITS = 500;
const MAX_LABEL = 60;
const DECIMAL = /^\d{1,9}(\.\d{1,4})?$/;
const CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

const isCode = (value: unknown): value is string => typeof value === "string" && CODE.test(value);

/** A number or its text, ≥ 0, at most nine digits before and four after the point. */
const readNumber = (raw: unknown): Exact | null => {
  const text = typeof raw === "number" ? String(raw) : raw;
  return typeof text === "string" && DECIMAL.test(text) ? decimal(text) : null;
};

type Note = (path: string, code: string, params?: Params) => void;

const noteIn =
  (problems: Problem[]): Note =>
  (path, code, params = {}) => {
    problems.push({ path, code, params });
  };

const own = (data: Record<string, unknown>, key: string): unknown => (Object.hasOwn(data, key) ? data[key] : undefined);

export const readParameters = (
  form: FormJson, data: unknown, path: string, problems: Problem[],
): ReadonlyMap<string, Exact> => {
  const values = new Map<string, Exact>();
  const note = noteIn(problems);
  if (data === null || data === undefined) return values;
  if (!isObject(data)) {
    note(path, "not_an_object");
    return values;
  }
  for (const { name } of form.parameters ?? []) {
    const raw = own(data, name);
    if (raw === null || raw === undefined) continue;
    const value = readNumber(raw);
    if (value) values.set(name, value);
    else note(`${path}.${name}`, "not_a_number");
  }
  return values;
};

/** The places that repeat: section codes, or "" for the form. */
const repeating = (form: FormJson): ReadonlySet<string> =>
  new Set(form.repeat ? [""] : form.sections.filter(({ repeat }) => repeat).map(({ code }) => code));

const readUnit = (form: FormJson, raw: unknown, where: string, taken: { has(code: string): boolean }, problems: Problem[]) => {
  const row = isObject(raw) ? raw : { code: raw };
  const note = noteIn(problems);
  const code = own(row, "code");
  const label = own(row, "label") === undefined ? "" : own(row, "label");
  if (!isCode(code)) note(`${where}.code`, "not_a_code");
  else if (taken.has(code)) note(`${where}.code`, "duplicate_code", { value: code });
  else if (typeof label !== "string" || Array.from(label).length > MAX_LABEL) {
    note(`${where}.label`, "not_a_text", { limit: MAX_LABEL });
  } else return { code, label, parameters: readParameters(form, own(row, "parameters"), `${where}.parameters`, problems) };
  return null;
};

const readList = (form: FormJson, rows: readonly unknown[], path: string, problems: Problem[]): Unit[] => {
  const units = new Map<string, Unit>();
  rows.forEach((raw, place) => {
    const unit = readUnit(form, raw, `${path}.${place}`, units, problems);
    if (unit) units.set(unit.code, unit);
  });
  return [...units.values()];
};

/** By section code, "" for a form that repeats; places that were not given are left out. */
export const readUnits = (form: FormJson, data: unknown, problems: Problem[]): ReadonlyMap<string, readonly Unit[]> => {
  const units = new Map<string, readonly Unit[]>();
  const note = noteIn(problems);
  if (data === null || data === undefined) return units;
  if (!isObject(data)) {
    note("units", "not_an_object");
    return units;
  }
  const known = repeating(form);
  for (const [place, raw] of Object.entries(data)) {
    const path = `units.${cut(place, 60)}`;
    if (!Array.isArray(raw)) note(path, "not_a_list", { limit: MAX_UNITS });
    else if (!known.has(place)) {
      if (raw.length > 0) note(path, "no_units_here");
    } else if (raw.length > MAX_UNITS) note(path, "too_many_units", { limit: MAX_UNITS });
    else units.set(place, readList(form, raw, path, problems));
  }
  return units;
};

/** "item@unit" → ["item", "unit"]; the unit is undefined where the key has none. */
export const splitKey = (key: string): [string, string | undefined] => {
  const at = key.indexOf("@");
  return at < 0 ? [key, undefined] : [key.slice(0, at), key.slice(at + 1)];
};

/** The units that the answers to these items (or sections) name, sorted by code. */
export const unitsIn = (keys: Iterable<string>, names: ReadonlySet<string>, problems: Problem[]): Unit[] => {
  const codes = new Set<string>();
  const note = noteIn(problems);
  for (const key of keys) {
    const [name, unit] = splitKey(key);
    if (unit === undefined || !names.has(name)) continue;
    if (isCode(unit)) codes.add(unit);
    else note(cut(key, 100), "not_a_code");
  }
  if (codes.size > MAX_UNITS) {
    note("units", "too_many_units", { limit: MAX_UNITS });
    return [];
  }
  return [...codes].sort().map((code) => ({ code, label: "", parameters: new Map() }));
};
