// Pure: which answers a form asks for, whose they are, what "all right" says, and an answer in words.

import type { FormJson, ItemJson, ScaleJson, SectionJson } from "./form";
import { t } from "./messages";
import type { AnswerJson, Inspector, Unit, Units } from "./types";

export interface Slot {
  key: string;
  item: ItemJson;
  section: SectionJson;
  unit: Unit | null;
}

export interface Context {
  form: FormJson;
  units: Units;
  tags: string[];
}

/** Where the units of a section are listed: under its own code, or "" where the whole form repeats; null: no units. */
export const unitsPlace = (form: FormJson, section: SectionJson): string | null =>
  section.repeat ? section.code : form.repeat ? "" : null;

export const unitsOf = ({ form, units }: Context, section: SectionJson): Unit[] | null => {
  const place = unitsPlace(form, section);
  return place === null ? null : (units[place] ?? []);
};

export const keyOf = (code: string, unit: Unit | null): string => (unit ? `${code}@${unit.code}` : code);

export const codeOf = (key: string): string => key.split("@")[0] ?? key;

export const slotsOf = (context: Context, section: SectionJson, only?: Unit | null): Slot[] => {
  const units = only === undefined ? unitsOf(context, section) : only ? [only] : null;
  const items = section.items ?? [];
  if (units === null) return items.map((item) => ({ key: item.code, item, section, unit: null }));
  return units.flatMap((unit) => items.map((item) => ({ key: keyOf(item.code, unit), item, section, unit })));
};

export const applies = (item: ItemJson, tags: string[]): boolean => (item.tags ?? []).every((tag) => tags.includes(tag));

export const isNotApplicable = (answer: AnswerJson | null | undefined): boolean => Boolean(answer && "not_applicable" in answer);

export const isOptional = (item: ItemJson): boolean => item.rule.shape === "unscored" || item.bonus === true;

export const mayBeAbsent = (form: FormJson, item: ItemJson): boolean => item.na_allowed === true && (form.na_policy ?? "refuse") !== "refuse";

export const ownSections = (form: FormJson, inspectors: Inspector[], person: string): Set<string> => {
  const mine = inspectors.find((one) => one.person_id === person)?.sections ?? null;
  return new Set(form.sections.map((one) => one.code).filter((code) => mine === null || mine.includes(code)));
};

export type AnswerOf = (key: string) => AnswerJson | null | undefined;

/** Keys of a section that still lack an answer; a repeating section without a unit lacks its own code. */
export const openKeys = (context: Context, section: SectionJson, answerOf: AnswerOf): string[] => {
  if (isNotApplicable(answerOf(section.code))) return [];
  const open: string[] = [];
  const items = (section.items ?? []).filter((item) => !isOptional(item) && applies(item, context.tags));
  const units = unitsOf(context, section) ?? [null];
  if (units.length === 0) open.push(section.code);
  for (const unit of units) {
    // In a form that repeats, a section is left out unit by unit.
    if (unit && isNotApplicable(answerOf(keyOf(section.code, unit)))) continue;
    for (const item of items) if (!answerOf(keyOf(item.code, unit))) open.push(keyOf(item.code, unit));
  }
  return open;
};

const best = <T extends { points: string }>(rows: T[]): T | undefined =>
  rows.reduce<T | undefined>((top, row) => (!top || Number(row.points) > Number(top.points) ? row : top), undefined);

/** What "all right" says of an item; null: only a person can say it (a number to count, a bonus to earn). */
export const perfectAnswer = (item: ItemJson): AnswerJson | null => {
  const { rule } = item;
  if (item.bonus) return null;
  switch (rule.shape) {
    case "judged":
      return { judged: item.points ?? "0" };
    case "count_deduction":
      return { count: 0 };
    case "tiers":
      return rule.counts === "present" ? null : { count: 0 };
    case "required_count":
      return null;
    case "listed_deductions":
      return { checked: {} };
    case "additive":
      return { checked: Object.fromEntries((rule.entries ?? []).map((entry) => [entry.code, 1])) };
    case "levels": {
      const top = best(rule.entries ?? []);
      return top ? { level: top.code } : null;
    }
    case "veto_only":
      return { found: false };
    case "unscored":
      return null;
    default:
      return { met: true };
  }
};

const entryWords = (item: ItemJson, checked: unknown): string => {
  const times = checked && typeof checked === "object" ? (checked as Record<string, number>) : {};
  const words = (item.rule.entries ?? [])
    .filter((entry) => (times[entry.code] ?? 0) > 0)
    .map((entry) => ((times[entry.code] ?? 0) > 1 ? `${entry.label} ×${times[entry.code]}` : entry.label));
  return words.length > 0 ? words.join(t("list_comma")) : t("none_of_these");
};

export const inWords = (item: ItemJson | null, answer: AnswerJson | null | undefined): string => {
  if (!answer) return t("not_answered");
  const words: string[] = [];
  if ("not_applicable" in answer) words.push(`${t("not_applicable")}：${String(answer["not_applicable"])}`);
  if ("met" in answer) {
    const yesNo = item?.rule.shape === "yes_no";
    words.push(answer["met"] ? t(yesNo ? "passed" : "met") : t(yesNo ? "failed" : "not_met"));
  }
  if ("count" in answer) words.push(`${String(answer["count"])} ${unitWords(item)}`);
  if ("unresolved" in answer) words.push(t("of_them_unresolved", { n: String(answer["unresolved"]) }));
  if ("judged" in answer) words.push(t("points", { n: String(answer["judged"]) }));
  if ("checked" in answer && item) words.push(entryWords(item, answer["checked"]));
  if ("level" in answer) words.push(item?.rule.entries?.find((entry) => entry.code === answer["level"])?.label ?? String(answer["level"]));
  if ("found" in answer) words.push(answer["found"] ? t("found") : t("not_found"));
  if (answer["veto"]) words.push(t("veto_seen"));
  return words.join(t("list_comma"));
};

const UNIT_WORDS: Record<string, string> = { tiers: "unit_item", required_count: "unit_person" };

/** What a count counts, in the form's words or by the kind of rule. */
export const unitWords = (item: ItemJson | null): string =>
  item?.rule.unit_label ?? t(UNIT_WORDS[item?.rule.shape ?? ""] ?? "unit_place");

/** How many must be there, for reading beside the counter; null where the figure that it depends on is not known. */
export const requiredOf = (scale: ScaleJson | undefined, parameters: Record<string, number>): number | null => {
  const value = scale ? parameters[scale.parameter] : undefined;
  if (!scale || value === undefined) return null;
  let found: number | undefined;
  if (scale.rows) found = scale.rows.filter((one) => Number(one.from) <= value).map((one) => Number(one.value)).at(-1);
  else if (scale.per) found = (scale.rounding === "down" ? Math.floor : Math.ceil)(value / Number(scale.per)) + (scale.plus ?? 0);
  return found === undefined ? null : Math.max(found, scale.minimum ?? 0);
};

/** Steps of a judged mark without binary fractions: 0.1 + 0.2 is 0.3 here. */
export const stepped = (value: string, step: string, direction: 1 | -1, most: string): string => {
  const places = Math.max(...[value, step, most].map((text) => text.split(".")[1]?.length ?? 0));
  const whole = (text: string): number => Math.round(Number(text) * 10 ** places);
  const [size, top] = [whole(step), whole(most)];
  const now = whole(value);
  // The full points are allowed even off the step: from there down to the next step below.
  const next = direction > 0 ? Math.floor(now / size) * size + size : Math.ceil(now / size) * size - size;
  return String(Math.min(top, Math.max(0, next)) / 10 ** places);
};

export interface Phrase {
  text: string;
  answer: AnswerJson | null;
}

/** The phrase library by item code: words with their legal basis, and the answer that goes with them. */
export const phrasesOf = (phrases: unknown, code: string): Phrase[] => {
  const listed = phrases && typeof phrases === "object" ? (phrases as Record<string, unknown>)[code] : null;
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((one: unknown) => {
    if (typeof one === "string") return [{ text: one, answer: null }];
    if (!one || typeof one !== "object" || typeof (one as { text?: unknown }).text !== "string") return [];
    const { text, basis, answer } = one as { text: string; basis?: unknown; answer?: AnswerJson | null };
    const words = typeof basis === "string" && basis ? `${text}（${basis}）` : text;
    return [{ text: words, answer: answer && typeof answer === "object" ? answer : null }];
  });
};
