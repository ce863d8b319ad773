// A delivery at the door: every lot is there as the note says; only what is different is touched.

import type { App, Screen } from "../../app";
import { button, h, toast } from "../../dom";
import { saveWords } from "../../filling";
import { newId, nowText } from "../../ids";
import { t } from "../../messages";
import type { Json } from "../../types";
import { formIsOpen } from "../../updates";
import { Entry } from "../entry";
import { fieldView } from "../fields";
import { filesOf, initial, isDrawn, isPictures, isNumber, plainNumber, readFields, type Problems } from "../model";
import { keepRecord, record, records, schoolDay } from "../records";
import type { CountedLine, Entered, Field, FormRow, Lot, Picture, RecordRow, SchoolDay, Shipment } from "../types";
import { gone } from "./daily";

const PAPER = "paper:";
const WANTED = "wanted";
const LABEL = ["batch_no", "production_date", "expiry_date"];
const SELDOM = ["net_quantity", "label_said", ...LABEL, "note"]; // folded away: most deliveries are as the note says

const fieldsOf = (given: SchoolDay): Field[] => [
  { name: "arrived_quantity", type: "number", label: t("arrived"), required: true },
  { name: "temperature_celsius", type: "number", label: t("temperature"), unit: "℃" },
  {
    name: "verdict", type: "choice", label: t("verdict"), sends: false, default: "good",
    options: [{ value: "good", label: t("all_good"), tone: "good" }, { value: "refused", label: t("some_refused"), tone: "bad" }],
  },
  { name: "rejected_quantity", type: "number", label: t("rejected"), required: true, when: { verdict: ["refused"] } },
  { name: "reason", type: "choice", label: t("reason"), required: true, options: given.receiving.reasons, when: { verdict: ["refused"] } },
  { name: "photos", type: "photo", label: t("photo"), required: true, many: true, when: { verdict: ["refused"] } },
  { name: "net_quantity", type: "number", label: t("net"), hint: t("net_hint") },
  {
    name: "label_said", type: "choice", label: t("package_label"), sends: false, default: "same",
    options: [{ value: "same", label: t("as_on_note") }, { value: "other", label: t("label_differs") }],
  },
  { name: "batch_no", type: "text", label: t("batch_no"), when: { label_said: ["other"] } },
  { name: "production_date", type: "day", label: t("production_date"), when: { label_said: ["other"] } },
  { name: "expiry_date", type: "day", label: t("expiry_date"), when: { label_said: ["other"] } },
  { name: "note", type: "text", label: t("note") },
];

const rowOf = (lot: Lot): FormRow => ({
  key: lot.shipment_line_id, label: lot.item, note: "", values: { shipment_line_id: lot.shipment_line_id },
  defaults: {
    arrived_quantity: lot.shipped,
    ...(lot.warning ? { verdict: "refused", reason: "lot_warned", rejected_quantity: lot.shipped } : {}),
    ...Object.fromEntries(LABEL.map((name) => [name, String(lot[name as keyof Lot] ?? "")])),
  },
  limits: { temperature_celsius: [null, lot.most_celsius] },
  hides: lot.is_cold ? [] : ["temperature_celsius"],
});

export const receive = async (app: App, [shipmentId = "", mending = ""]: string[]): Promise<Screen> => {
  const work = app.work;
  const given = work ? await schoolDay(work) : null;
  const refused = work && mending ? ((await record(work, mending)) ?? null) : null;
  const shipment = given?.receiving.shipments.find((one) => one.shipment_id === shipmentId);
  if (!work || !given || !shipment) return gone(app);
  const other = (await records(work)).find((one) => one.kind === "receipt" && one.about === shipmentId && one.id !== mending);
  if (other) {
    app.go(`/record/${other.id}`);
    return gone(app);
  }
  const entry = await Entry.open(work, `receive/${shipmentId}/${mending}`, refused?.draft ?? null);
  const release = formIsOpen();
  const fields = fieldsOf(given);
  let problems: Record<string, Problems> = serviceProblems(refused, shipment);
  const element = h("div", { class: "page" });
  const slots = [...new Map(shipment.lots.flatMap((lot) => lot.missing).map((one) => [one.kind, one])).values()];

  const part = (asked: Field[], entered: Entered, row: FormRow | null, place: string): HTMLElement[] =>
    asked.filter((field) => isDrawn(field, entered, row)).map((field) =>
      fieldView({
        entered, row, problems: problems[place] ?? {},
        set: (name, value, again) => {
          entry.set(entered, name, value);
          if (again) redraw(place);
          else if (name === "arrived_quantity") press(place, String(value));
        },
        keepPicture: async (name, pictures, picture, bytes) => {
          await entry.picture(entered, name, pictures, picture, bytes);
          redraw(place);
        },
      }, field));
  /** The two buttons beside a number that is being typed. */
  const press = (place: string, value: string): void => {
    const shipped = shipment.lots.find((lot) => lot.shipment_line_id === place)?.shipped;
    const section = [...element.children].find((one) => one instanceof HTMLElement && one.dataset["row"] === place);
    section?.querySelector("[data-k=as-shipped]")?.setAttribute("aria-pressed", String(value === shipped));
    section?.querySelector("[data-k=none-came]")?.setAttribute("aria-pressed", String(value === "0"));
  };
  const started = (entered: Entered, asked: Field[], row: FormRow | null): Entered => {
    for (const field of asked) if (!(field.name in entered)) entered[field.name] = initial(field, row);
    return entered;
  };
  const withUnit = (lot: Lot): Field[] =>
    fields.map((field) => (/quantity$/.test(field.name) ? { ...field, unit: lot.unit } : field.name === "temperature_celsius" ? { ...field, hint: lot.limit_hint } : field));
  const card = (lot: Lot): HTMLElement => {
    const row = rowOf(lot);
    const entered = started(entry.row(row.key), fields, row);
    return h("section", { class: "card", "data-row": row.key, "aria-label": lot.item },
      h("div", {}, h("h2", {}, `${lot.item} `, h("small", {}, lot.specification)),
        h("p", { class: "fine" }, t("lot_line", { batch: lot.batch_no, ordered: lot.ordered, shipped: lot.shipped, unit: lot.unit, tolerance: lot.tolerance })),
        lot.warning ? h("p", { class: "refusal", role: "alert" }, t("lot_warned", { reason: lot.warning })) : null,
        h("div", { class: "badges" },
          ...lot.papers.map((one) => h("span", { class: `badge ${one.proves ? (one.findings.length > 0 ? "is-warn" : "") : "is-bad"}` }, [one.proves ? "✓" : "✗", one.label, one.number, ...one.findings].join(" "))),
          ...lot.missing.map((one) => h("span", { class: "badge is-bad" }, t("paper_missing", { paper: one.label }))))),
      h("div", { class: "row" },
        button(t("as_shipped"), () => amount(row.key, entered, lot.shipped), { class: "chip", "aria-pressed": String(entered["arrived_quantity"] === lot.shipped), "data-k": "as-shipped" }),
        button(t("none_came"), () => amount(row.key, entered, "0"), { class: "chip", "aria-pressed": String(entered["arrived_quantity"] === "0"), "data-k": "none-came" })),
      ...part(withUnit(lot).filter((field) => !SELDOM.includes(field.name)), entered, row, row.key),
      seldom(lot, row, entered));
  };
  const unfolded = new Set<string>();
  const seldom = (lot: Lot, row: FormRow, entered: Entered): HTMLElement => {
    const asked = withUnit(lot).filter((field) => SELDOM.includes(field.name));
    const touched = Boolean(entered["net_quantity"] || entered["note"]) || entered["label_said"] === "other" || SELDOM.some((name) => problems[row.key]?.[name]);
    const fold = h("details", { open: touched || unfolded.has(row.key) }, h("summary", {}, t("seldom")), h("div", { class: "list" }, ...part(asked, entered, row, row.key)));
    fold.addEventListener("toggle", () => (fold.open ? unfolded.add(row.key) : unfolded.delete(row.key)));
    return fold;
  };
  const amount = (place: string, entered: Entered, value: string): void => {
    entry.set(entered, "arrived_quantity", value);
    redraw(place);
  };
  const paperFields: Field[] = [
    { name: "photos", type: "photo", label: t("photo"), many: true },
    { name: "number", type: "text", label: t("paper_number") },
  ];
  const paperCard = (kind: string, label: string): HTMLElement => {
    const entered = started(entry.row(PAPER + kind), paperFields, null);
    return h("section", { class: "card", "data-row": PAPER + kind, "aria-label": label }, h("h2", {}, t("paper_missing", { paper: label })), ...part(paperFields, entered, null, PAPER + kind));
  };
  const wanted: Field = { name: "wanted", type: "choice", label: t("wanted"), default: "replace", options: given.receiving.wanted };
  const wantedCard = (): HTMLElement => {
    const anyRefused = shipment.lots.some((lot) => entry.row(lot.shipment_line_id)["verdict"] === "refused");
    return h("section", { class: "card", "data-row": WANTED, hidden: !anyRefused }, ...part([wanted], started(entry.draft.shared, [wanted], null), null, WANTED));
  };
  /** One card alone, with the focus where it was; and whether it is asked what becomes of what is refused. */
  const redraw = (place: string): void => {
    const find = (name: string): Element | undefined => [...element.children].find((one) => one instanceof HTMLElement && one.dataset["row"] === name);
    const old = find(place);
    const focused = old?.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset["k"] : undefined;
    const lot = shipment.lots.find((one) => one.shipment_line_id === place);
    const slot = slots.find((one) => PAPER + one.kind === place);
    const made = lot ? card(lot) : slot ? paperCard(slot.kind, slot.label) : wantedCard();
    old?.replaceWith(made);
    if (lot) find(WANTED)?.replaceWith(wantedCard());
    if (focused) [...made.querySelectorAll<HTMLElement>("[data-k]")].find((one) => one.dataset["k"] === focused)?.focus();
  };
  const draw = (): void => {
    element.replaceChildren(
      refused?.last_error ? h("p", { class: "refusal", role: "alert" }, refused.last_error) : "",
      h("p", { class: "fine" }, [shipment.supplier, shipment.number, shipment.plate, shipment.note].filter(Boolean).join(" · ")),
      ...shipment.lots.map(card),
      ...slots.map((one) => paperCard(one.kind, one.label)),
      wantedCard(),
      h("p", { class: "fine" }, t("two_people", { n: given.receiving.receivers, source: given.receiving.source })),
      button(t("counted"), () => void keep(), { class: "button primary wide", id: "keep" }),
    );
  };
  const keep = async (): Promise<void> => {
    const pictures: Picture[] = [];
    const lots: Record<string, Json>[] = [];
    problems = {};
    for (const lot of shipment.lots) {
      const row = rowOf(lot);
      const entered = entry.row(row.key);
      const read = readFields(fields, entered, row);
      const arrived = Number(read.values["arrived_quantity"] ?? 0);
      if (lot.is_cold && arrived > 0 && !("temperature_celsius" in read.values) && arrived > Number(read.values["rejected_quantity"] ?? 0)) read.problems["temperature_celsius"] ??= "required";
      if (Object.keys(read.problems).length > 0) problems[row.key] = read.problems;
      lots.push({ ...row.values, ...read.values });
      pictures.push(...read.pictures);
    }
    const certificates = slots.flatMap((slot): Record<string, Json>[] => {
      const entered = entry.row(PAPER + slot.kind);
      const taken = isPictures(entered["photos"]) ? entered["photos"] : [];
      const number = String(entered["number"] ?? "").trim();
      pictures.push(...taken);
      if (taken.length === 0) return number ? [{ kind: slot.kind, number }] : [];
      return taken.map((one) => ({ kind: slot.kind, number, photo: one.sha256 }));
    });
    if (Object.keys(problems).length > 0) {
      draw();
      toast(t("look_again"), "danger");
      element.querySelector(".field .fault[role=alert]")?.scrollIntoView({ block: "center" });
      return;
    }
    await entry.end();
    const row: RecordRow = {
      id: refused?.id ?? newId(), kind: "receipt", school_id: given.school.id, title: t("receive_title", { number: shipment.number }),
      detail: `${shipment.supplier} · ${shipment.lots.map((lot) => lot.item).join("、")}`, day: "", task: "", about: shipmentId, subjects: [],
      made_at: refused?.made_at ?? nowText(), clock_offset_ms: app.sync?.status.offset ?? 0,
      body: { shipment_id: shipmentId, wanted: String(entry.draft.shared["wanted"] || "replace"), lots, certificates }, files: filesOf(pictures),
      lines: shipment.lots.map((lot) => lineOf(given, lot, entry.row(lot.shipment_line_id))), as: null, draft: structuredClone(entry.draft), state: "waiting", problem: "", errors: {},
      standing: null, last_error: "", acknowledgement: null,
    };
    try {
      await keepRecord(work, row);
    } catch (error) {
      entry.resume();
      toast(saveWords(error), "danger");
      return;
    }
    toast(t("counted_kept"), "success");
    void app.sync?.trigger({ manual: true });
    app.go(`/record/${row.id}`);
  };
  draw();
  return { element, title: t("receive_title", { number: shipment.number }), back: refused ? `/record/${refused.id}` : "/", close: release };
};

/** As the second person is shown it. */
const lineOf = (given: SchoolDay, lot: Lot, entered: Entered): CountedLine => {
  const number = (name: string): string | null => {
    const typed = String(entered[name] ?? "");
    return isNumber(typed) ? plainNumber(typed) : null;
  };
  const isRefused = entered["verdict"] === "refused";
  return {
    item: lot.item, unit: lot.unit, batch_no: entered["label_said"] === "other" ? String(entered["batch_no"] || lot.batch_no) : lot.batch_no, shipped: lot.shipped,
    arrived: number("arrived_quantity"), net: number("net_quantity"), rejected: isRefused ? number("rejected_quantity") : null,
    reason: isRefused ? (given.receiving.reasons.find((one) => one.value === entered["reason"])?.label ?? "") : "", temperature_celsius: lot.is_cold ? number("temperature_celsius") : null,
  };
};

const serviceProblems = (refused: RecordRow | null, shipment: Shipment): Record<string, Problems> => {
  const found: Record<string, Problems> = {};
  for (const [path, words] of Object.entries(refused?.errors ?? {})) {
    const [, at = "", name = ""] = /^lots\.(\d+)\.(\w+)/.exec(path) ?? [];
    const key = shipment.lots[Number(at)]?.shipment_line_id;
    if (key && name) (found[key] ??= {})[name] = words.join("；");
  }
  return found;
};
