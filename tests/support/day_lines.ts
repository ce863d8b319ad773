// What the phone makes of a form of the day, and the digest that it takes of a record: one question each of a JSON list.

import { canonical, sha256Text } from "../../frontend/src/fill/digest";
import { isNumber, isOut, readSheet, scaled } from "../../frontend/src/fill/day/model";
import type { DayForm, Entered } from "../../frontend/src/fill/day/types";
import type { Json } from "../../frontend/src/fill/types";

interface Ask {
  content?: Json;
  number?: string;
  scale?: number;
  value?: string;
  limits?: [string | null, string | null];
  form?: DayForm;
  entered?: Record<string, Entered>;
}

declare const process: { argv: string[]; stdout: { write(text: string): void } };

const answer = (ask: Ask): unknown => {
  if (ask.content !== undefined) return sha256Text(canonical(ask.content));
  if (ask.number !== undefined) return isNumber(ask.number) ? scaled(ask.number, ask.scale) : null;
  if (ask.limits) return isOut(ask.value, ask.limits);
  if (!ask.form) return null;
  const { rows, subjects, problems } = readSheet(ask.form, ask.form.rows, ask.entered ?? {}, {}, {});
  return { rows: rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== "id"))), subjects, problems };
};

void Promise.all((JSON.parse(process.argv[2] ?? "[]") as Ask[]).map(answer)).then((found) => process.stdout.write(JSON.stringify(found)));
