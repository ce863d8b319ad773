// A school's day on one list: what needs a person, what is at the door, what is due, what waits for the network, what is done.

import type { App, Screen } from "../../app";
import { button, h, refill } from "../../dom";
import { todayText } from "../../ids";
import { t } from "../../messages";
import { homeScreenHint, send } from "../../screens/visits";
import { setting } from "../../store";
import { updateOffer } from "../../updates";
import { CONFIRMATION, records, schoolDay } from "../records";
import type { Awaiting, DayTask, RecordRow, SchoolDay, Shipment } from "../types";
import { awaitingWords, stateOf } from "./record";

export const today = async (app: App): Promise<Screen> => {
  const work = app.work;
  if (!work) throw new Error("nobody is signed in");
  const list = h("div", { class: "list" });
  const notices = h("div", {});
  let turn = 0;
  const draw = async (): Promise<void> => {
    const mine = ++turn;
    const [given, kept, offer, hidden] = await Promise.all([schoolDay(work), records(work), updateOffer(), setting("home_screen_hint")]);
    if (mine !== turn) return;
    notices.replaceChildren(...[offer, hidden ? null : homeScreenHint()].filter((one): one is HTMLElement => one !== null));
    refill(list, [...groups(given, kept), button(t("fetch_now"), () => void send(app), { class: "button wide", id: "fetch-now" })]);
  };
  await draw();
  const stop = work.listen((change) => {
    if (change.kind === "records") void draw();
  });
  const given = await schoolDay(work);
  return { element: h("div", { class: "page" }, notices, list), title: given?.school.name ?? work.person.person_name, back: null, close: stop };
};

const groups = (given: SchoolDay | null, kept: RecordRow[]): HTMLElement[] => {
  const day = todayText();
  const tasks = given?.days.find((one) => one.day === day)?.tasks ?? [];
  const counted = new Set(kept.map((one) => one.about));
  const shipments = (given?.receiving.shipments ?? []).filter((one) => !counted.has(one.shipment_id));
  const awaiting = (given?.receiving.awaiting ?? []).filter((one) => !counted.has(one.receipt_id));
  const isDone = (task: DayTask): boolean => task.state === "done" || doneHere(task, day, kept);
  return [
    ...group("attention", kept.filter((one) => one.state === "needs_attention").map(recordCard)),
    ...group("at_the_door", [...shipments.map(shipmentCard), ...awaiting.map(awaitingCard)]),
    ...(given && tasks.length === 0 && given.days.every((one) => one.day !== day) ? [h("p", { class: "notice" }, t("day_old"))] : []),
    ...group("due", tasks.filter((one) => !isDone(one) && !one.is_occasional).map((one) => taskCard(one, day, kept))),
    ...group("waiting", kept.filter((one) => one.state === "waiting").map(recordCard)),
    ...group("done_today", tasks.filter(isDone).map((one) => taskCard(one, day, kept))),
    ...group("as_needed", tasks.filter((one) => !isDone(one) && one.is_occasional).map((one) => taskCard(one, day, kept))),
    ...group("sent", kept.filter((one) => one.state === "sent").reverse().map(recordCard)),
  ];
};

const group = (name: string, cards: HTMLElement[]): HTMLElement[] => (cards.length === 0 ? [] : [h("h2", {}, t(`group_${name}`)), ...cards]);

const mine = (task: DayTask, day: string, kept: RecordRow[]): RecordRow[] => kept.filter((one) => one.day === day && one.task === task.key);

/** Every row that is asked for has a record on this phone; what was refused counts as not done. */
const doneHere = (task: DayTask, day: string, kept: RecordRow[]): boolean => {
  const good = mine(task, day, kept).filter((one) => one.state !== "needs_attention");
  if (!task.form.subject) return good.length > 0;
  const subjects = new Set(good.flatMap((one) => one.subjects));
  return good.length > 0 && task.form.rows.every((row) => subjects.has(row.key));
};

const taskCard = (task: DayTask, day: string, kept: RecordRow[]): HTMLElement => {
  const here = mine(task, day, kept).length;
  const late = task.state !== "done" && task.due_at !== null && Date.parse(task.due_at) < Date.now() && !doneHere(task, day, kept);
  const due = task.due_at ? t("due_at", { time: new Date(task.due_at).toLocaleTimeString("sv-SE", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" }) }) : "";
  return h("a", { class: "card task", href: `#/day/${day}/${task.key}`, "data-task": task.key, "data-done": String(task.state === "done" || doneHere(task, day, kept)) },
    h("h3", {}, [task.title, task.meal_name].filter(Boolean).join(" · ")),
    h("p", { class: late || task.state === "problem" ? "fault" : "fine" }, [late ? t("late") : "", due, task.words, here > 0 ? t("kept_here", { n: here }) : ""].filter(Boolean).join(" · ")));
};

const shipmentCard = (shipment: Shipment): HTMLElement => {
  const warned = shipment.lots.some((lot) => lot.warning);
  return h("a", { class: "card task", href: `#/receive/${shipment.shipment_id}`, "data-shipment": shipment.shipment_id },
    h("h3", {}, t("receive_title", { number: shipment.number })),
    warned ? h("p", { class: "refusal" }, t("shipment_warned")) : null,
    h("p", { class: "fine" }, [shipment.expected_on, shipment.supplier, shipment.lots.map((lot) => `${lot.item} ${lot.shipped} ${lot.unit}`).join("、")].join(" · ")));
};

const awaitingCard = (one: Awaiting): HTMLElement =>
  h("a", { class: "card task", href: `#/awaiting/${one.receipt_id}`, "data-awaiting": one.receipt_id },
    h("h3", {}, t("awaiting_title", { number: one.number })), h("p", { class: "fine" }, awaitingWords(one)));

const recordCard = (row: RecordRow): HTMLElement => {
  const state = stateOf(row);
  const error = row.last_error === "unreachable" ? t("last_error_unreachable") : row.last_error;
  return h("a", { class: "card task", href: row.kind === CONFIRMATION && row.as ? `#/record/${row.about}` : `#/record/${row.id}`, "data-record": row.id, "data-kind": row.kind, "data-state": row.state },
    h("h3", {}, row.title), row.detail ? h("p", { class: "fine" }, row.detail) : null,
    h("p", { class: `sync is-${state.kind}` }, state.words), error ? h("p", { class: "fault" }, error) : null);
};
