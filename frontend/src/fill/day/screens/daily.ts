// A form of the day: filled in with what is known, one button.

import type { App, Screen } from "../../app";
import { ask, button, h, toast } from "../../dom";
import { saveWords } from "../../filling";
import { newId, nowText } from "../../ids";
import { t } from "../../messages";
import type { Json } from "../../types";
import { formIsOpen } from "../../updates";
import { Entry } from "../entry";
import { fieldView } from "../fields";
import { filesOf, initial, isDrawn, readSheet, type Problems, type Sheet } from "../model";
import { keepRecord, record, records, schoolDay } from "../records";
import type { DayTask, Entered, Field, FormRow, RecordRow } from "../types";

export const gone = (app: App): Screen => {
  const stop = app.work?.listen((change) => {
    if (change.kind === "records") void app.open();
  });
  return { element: h("p", { class: "empty" }, t("day_missing")), title: t("today"), back: "/", ...(stop ? { close: stop } : {}) };
};

/** Rows of people, dishes, cupboards that this phone has a record of already. */
const doneHere = (kept: RecordRow[], day: string, task: string, except: string): Set<string> =>
  new Set(kept.filter((one) => one.day === day && one.task === task && one.id !== except).flatMap((one) => one.subjects));

const typedRow = (task: DayTask, name: string, at: number): FormRow => ({
  key: `typed-${at}`, label: name || t("other_dish"), note: "",
  values: { dish_name: name, ...(task.meal ? { meal: task.meal } : {}) },
  defaults: { ...task.form.rows[0]?.defaults }, ...(task.form.rows[0]?.limits ? { limits: task.form.rows[0].limits } : {}),
});

/** Fills in what the form proposes, once: from then on it is what the person left there. */
const begin = (entered: Entered, fields: Field[], row: FormRow | null): Entered => {
  for (const field of fields) if (!(field.name in entered)) entered[field.name] = initial(field, row);
  return entered;
};

export const daily = async (app: App, [day = "", key = "", mending = ""]: string[]): Promise<Screen> => {
  const work = app.work;
  const given = work ? await schoolDay(work) : null;
  const task = given?.days.find((one) => one.day === day)?.tasks.find((one) => one.key === key);
  if (!work || !given || !task) return gone(app);
  const refused = mending ? ((await record(work, mending)) ?? null) : null;
  const entry = await Entry.open(work, `${day}/${key}/${mending}`, refused?.draft ?? null);
  const done = task.form.subject ? doneHere(await records(work), day, key, mending) : new Set<string>();
  const release = formIsOpen();
  let problems: Record<string, Problems> = serviceProblems(refused);
  const element = h("div", { class: "page" });

  const rows = (): FormRow[] => [
    ...task.form.rows.filter((row) => !done.has(row.key)),
    ...entry.draft.extra.map((name, at) => typedRow(task, name, at)),
  ];
  const part = (fields: Field[], entered: Entered, row: FormRow | null, place: string): HTMLElement[] =>
    fields.filter((field) => isDrawn(field, entered, row)).map((field) =>
      fieldView({
        entered, row, problems: problems[place] ?? {},
        set: (name, value, again) => {
          entry.set(entered, name, value);
          if (again) redraw(place, row);
        },
        keepPicture: async (name, pictures, picture, bytes) => {
          await entry.picture(entered, name, pictures, picture, bytes);
          redraw(place, row);
        },
      }, field));
  const card = (row: FormRow): HTMLElement => {
    const entered = begin(entry.row(row.key), task.form.fields, row);
    const skipped = entered["skipped"] === true;
    const many = task.form.rows.length > 1;
    return h("section", { class: "card", "data-row": row.key, "aria-label": row.label || task.title },
      row.label ? h("div", { class: "row" }, h("h2", { class: "grow" }, row.label), many && task.form.subject
        ? button(t(skipped ? "take_in" : "leave_out"), () => {
            entry.set(entered, "skipped", !skipped);
            redraw(row.key, row);
          }, { class: "chip", "aria-pressed": String(skipped), "data-k": "skip" })
        : null) : null,
      row.note ? h("p", { class: entered["again_of"] || row.without ? "fault" : "fine" }, row.note) : null,
      ...(skipped ? [] : part(task.form.fields, entered, row, row.key)));
  };
  const sharedCard = (): HTMLElement => h("section", { class: "card", "data-shared": true }, ...part(task.form.shared, begin(entry.draft.shared, task.form.shared, null), null, ""));
  /** One card alone, with the focus where it was: what the thumb is about to touch elsewhere stays. */
  const redraw = (place: string, row: FormRow | null): void => {
    const old = row ? [...element.children].find((one) => one instanceof HTMLElement && one.dataset["row"] === place) : element.querySelector("[data-shared]");
    const focused = old?.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset["k"] : undefined;
    const made = row ? card(row) : sharedCard();
    old?.replaceWith(made);
    if (focused) [...made.querySelectorAll<HTMLElement>("[data-k]")].find((one) => one.dataset["k"] === focused)?.focus();
  };
  const draw = (): void => {
    const shown = rows();
    element.replaceChildren(
      refused?.last_error ? h("p", { class: "refusal", role: "alert" }, refused.last_error) : "",
      ...shown.map(card),
      shown.length === 0 ? h("p", { class: "empty" }, t("all_recorded")) : "",
      task.form.extra ? button(t("add_dish"), () => void addDish(entry, draw), { class: "button", id: "add-dish" }) : "",
      task.form.shared.length > 0 && shown.length > 0 ? sharedCard() : "",
      shown.length > 0 ? when(entry) : "",
      shown.length > 0 ? button(t("keep_record"), () => void keep(), { class: "button primary wide", id: "keep" }) : "",
    );
  };
  const keep = async (): Promise<void> => {
    const common: Record<string, Json> = {
      ...(entry.draft.happened_at ? { happened_at: entry.draft.happened_at } : {}), ...(entry.draft.note.trim() ? { note: entry.draft.note.trim() } : {}),
    };
    const shown = rows();
    const sheet = readSheet(task.form, shown, entry.draft.rows, entry.draft.shared, common);
    problems = sheet.problems;
    if (Object.keys(problems).length > 0 || sheet.rows.length === 0) {
      draw();
      toast(t(sheet.rows.length === 0 ? "nothing_entered" : "look_again"), "danger");
      element.querySelector(".fault[role=alert]")?.scrollIntoView({ block: "center" });
      return;
    }
    await entry.end();
    try {
      await keepRecord(work, rowOf(app, given.school.id, task, day, shown, sheet, entry, refused));
    } catch (error) {
      entry.resume();
      toast(saveWords(error), "danger");
      return;
    }
    toast(t("record_kept"), "success");
    void app.sync?.trigger({ manual: true });
    app.go("/");
  };
  draw();
  return { element, title: [task.title, task.meal_name].filter(Boolean).join(" · "), back: refused ? `/record/${refused.id}` : "/", close: release };
};

const rowOf = (app: App, school: number, task: DayTask, day: string, rows: FormRow[], sheet: Sheet, entry: Entry, before: RecordRow | null): RecordRow => ({
  id: before?.id ?? newId(),
  kind: task.kind,
  school_id: school,
  title: [task.title, task.meal_name].filter(Boolean).join(" · "),
  detail: rows.filter((row) => row.label && sheet.subjects.includes(row.key)).map((row) => row.label).join("、"),
  day,
  task: task.key,
  about: "",
  subjects: sheet.subjects,
  // A mended record was made when it was first written down.
  made_at: before?.made_at ?? nowText(),
  clock_offset_ms: app.sync?.status.offset ?? 0,
  body: { rows: sheet.rows },
  files: filesOf(sheet.pictures),
  lines: [],
  as: null,
  draft: structuredClone(entry.draft),
  state: "waiting",
  problem: "",
  errors: {},
  standing: null,
  last_error: "",
  acknowledgement: null,
});

/** "rows.1.celsius" of the service at its field again. */
const serviceProblems = (refused: RecordRow | null): Record<string, Problems> => {
  const found: Record<string, Problems> = {};
  for (const [path, words] of Object.entries(refused?.errors ?? {})) {
    const [, at = "", name = ""] = /^rows\.(\d+)\.(\w+)/.exec(path) ?? [];
    const key = refused?.subjects[Number(at)];
    if (key !== undefined && name) (found[key] ??= {})[name] = words.join("；");
  }
  return found;
};

export const when = (entry: Entry): HTMLElement => {
  const time = h("input", { type: "datetime-local", value: entry.draft.happened_at, name: "happened_at" }) as HTMLInputElement;
  const note = h("input", { value: entry.draft.note, maxlength: 500, name: "note" }) as HTMLInputElement;
  time.addEventListener("input", () => {
    entry.draft.happened_at = time.value;
    entry.save();
  });
  note.addEventListener("input", () => {
    entry.draft.note = note.value;
    entry.save();
  });
  return h("details", { class: "card", open: Boolean(entry.draft.happened_at || entry.draft.note) }, h("summary", {}, t("when_and_note")),
    h("label", { class: "field" }, h("span", {}, t("happened_at")), time, h("small", {}, t("happened_at_hint"))),
    h("label", { class: "field" }, h("span", {}, t("note")), note));
};

const addDish = async (entry: Entry, draw: () => void): Promise<void> => {
  const input = h("input", { maxlength: 60, "aria-label": t("other_dish") }) as HTMLInputElement;
  const chosen = await ask(t("add_dish"), [input], [{ label: t("cancel"), value: "" }, { label: t("done"), value: "yes", class: "button primary" }]);
  const name = input.value.trim();
  if (chosen !== "yes" || !name) return;
  entry.draft.extra.push(name);
  entry.save();
  draw();
};
