// Pure: which fields a form asks for now, and what is sent of what was entered.

import { newId } from "../ids";
import type { Json } from "../types";
import type { DayForm, Entered, Field, FormRow, Picture, Value } from "./types";

const NUMBER = /^-?\d{1,9}(\.\d{1,3})?$/;

export const isPictures = (value: Value | undefined): value is Picture[] => Array.isArray(value) && typeof value[0] === "object";

/** Typed with a comma, full-width digits or a true minus: the same number. */
export const plainNumber = (text: string): string => text.normalize("NFKC").replace(/[,。]/g, ".").replace(/[−–]/g, "-").trim();

export const isNumber = (text: string): boolean => NUMBER.test(plainNumber(text));

/** Kilograms to grams and the like, without binary fractions showing. */
export const scaled = (text: string, scale = 1): string => (scale === 1 ? plainNumber(text) : String(Math.round(Number(plainNumber(text)) * scale)));

export const initial = (field: Field, row: FormRow | null): Value => {
  const known = row?.defaults[field.name] ?? field.default;
  if (known !== undefined) return known;
  if (field.type === "flag") return false;
  if (field.type === "choices" || field.type === "photo" || field.type === "findings") return [];
  return "";
};

export const isOut = (value: Value | undefined, limits: [string | null, string | null] | undefined): boolean => {
  if (typeof value !== "string" || !isNumber(value) || !limits) return false;
  const number = Number(plainNumber(value));
  return (limits[0] !== null && number < Number(limits[0])) || (limits[1] !== null && number > Number(limits[1]));
};

/** Asked only because a number is outside its limits: it comes and goes with every digit, so it is drawn and hidden. */
export const isHidden = (field: Field, entered: Entered, row: FormRow | null): boolean =>
  field.when_out !== undefined && !isOut(entered[field.when_out], row?.limits?.[field.when_out]);

export const isDrawn = (field: Field, entered: Entered, row: FormRow | null): boolean => {
  if (row?.hides?.includes(field.name)) return false;
  return Object.entries(field.when ?? {}).every(([name, values]) => values.includes(String(entered[name] ?? "")));
};

export const isAsked = (field: Field, entered: Entered, row: FormRow | null): boolean => isDrawn(field, entered, row) && !isHidden(field, entered, row);

export const isEmpty = (value: Value | undefined): boolean =>
  value === undefined || (typeof value === "string" ? value.trim() === "" : Array.isArray(value) ? value.length === 0 : false);

/** Problem codes by field: "required", "number". */
export type Problems = Record<string, string>;

interface Read {
  values: Record<string, Json>;
  pictures: Picture[];
  problems: Problems;
}

export const readFields = (fields: Field[], entered: Entered, row: FormRow | null): Read => {
  const read: Read = { values: {}, pictures: [], problems: {} };
  for (const field of fields.filter((one) => isAsked(one, entered, row))) {
    const value = entered[field.name];
    if (isEmpty(value)) {
      if (field.required) read.problems[field.name] = "required";
      continue;
    }
    const chosen = field.options?.find((one) => one.value === value);
    if (chosen?.sets) Object.assign(read.values, chosen.sets);
    if (field.sends === false) continue;
    if (field.type === "number") {
      if (!isNumber(String(value)) || (field.whole && !/^\d+$/.test(scaled(String(value), field.scale)))) read.problems[field.name] = "number";
      else read.values[field.name] = scaled(String(value), field.scale);
    } else if (field.type === "photo" && isPictures(value)) {
      const taken = field.many ? value : value.slice(0, 1);
      read.values[field.name] = field.many ? taken.map((one) => one.sha256) : (taken[0]?.sha256 ?? null);
      read.pictures.push(...taken);
    } else if (field.type === "findings") {
      const lines = (value as string[]).map((text) => text.trim()).filter(Boolean);
      if (lines.length === 0) read.problems[field.name] = "required";
      read.values[field.name] = lines.map((text) => ({ text }));
    } else {
      read.values[field.name] = typeof value === "string" ? value.trim() : (value as Json);
    }
  }
  return read;
};

export interface Sheet {
  rows: Record<string, Json>[];
  subjects: string[];
  pictures: Picture[];
  /** By row key, "" for what is asked once. */
  problems: Record<string, Problems>;
}

/** What is left empty of a list is left out; a form of one row must be whole. */
export const readSheet = (form: DayForm, rows: FormRow[], entered: Record<string, Entered>, shared: Entered, common: Record<string, Json>): Sheet => {
  const sheet: Sheet = { rows: [], subjects: [], pictures: [], problems: {} };
  const once = readFields(form.shared, shared, null);
  if (Object.keys(once.problems).length > 0) sheet.problems[""] = once.problems;
  for (const row of rows) {
    const mine = entered[row.key] ?? {};
    if (mine["skipped"] === true) continue;
    const main = form.fields.find((field) => field.required && field.type === "number" && !field.when_out);
    if (form.subject && main && isEmpty(mine[main.name])) continue;
    const read = readFields(form.fields, mine, row);
    if (Object.keys(read.problems).length > 0) sheet.problems[row.key] = read.problems;
    sheet.rows.push({ id: newId(), ...row.values, ...once.values, ...read.values, ...common });
    sheet.subjects.push(row.key);
    sheet.pictures.push(...read.pictures);
  }
  return sheet;
};

export const filesOf = (pictures: Picture[]): { sha256: string; size: number }[] => {
  const known = new Map(pictures.map(({ sha256, size }) => [sha256, { sha256, size }]));
  return [...known.values()].sort((one, other) => one.sha256.localeCompare(other.sha256));
};
