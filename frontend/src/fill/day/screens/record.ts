// One record: where it is, what the service said of it; and of a count, the second person's word.

import { Refused, Unreachable } from "../../api";
import type { App, Screen } from "../../app";
import { ask, button, h, refill, toast } from "../../dom";
import { saveWords } from "../../filling";
import { newId, nowText } from "../../ids";
import { t } from "../../messages";
import { send } from "../../screens/visits";
import type { Work } from "../../work";
import { CONFIRMATION, digestOf, discard, keepRecord, record, records, schoolDay } from "../records";
import { OtherSchool, SamePerson, addSecond, removeSecond, seconds, unsealed, type Second } from "../seconds";
import type { Awaiting, CountedLine, RecordRow, Standing } from "../types";
import { gone } from "./daily";

export const stateOf = (row: RecordRow): { kind: "wait" | "done" | "bad"; words: string } => {
  if (row.state === "sent") return { kind: "done", words: t("state_sent") };
  if (row.state === "needs_attention") return { kind: "bad", words: [t("state_attention"), t(`record_${row.problem}`)].join("：") };
  return { kind: "wait", words: t("record_waiting") };
};

export const lines = (counted: CountedLine[]): HTMLElement =>
  h("div", { class: "list" }, ...counted.map((one) =>
    h("div", { class: "pair" }, h("b", {}, one.item), h("span", { class: "fine" }, ` ${one.batch_no}`),
      h("p", { class: "big" }, t("line_counted", { arrived: one.arrived ?? "", unit: one.unit, shipped: one.shipped ?? "" })),
      one.net && one.net !== one.arrived ? h("p", {}, `${t("net")} ${one.net} ${one.unit}`) : null,
      one.temperature_celsius ? h("p", {}, `${t("temperature")} ${one.temperature_celsius} ℃`) : null,
      one.rejected && Number(one.rejected) > 0 ? h("p", { class: "fault" }, `${t("rejected")} ${one.rejected} ${one.unit}　${one.reason}`) : null)));

export const recordScreen = async (app: App, [id = ""]: string[]): Promise<Screen> => {
  const work = app.work;
  const first = work ? await record(work, id) : undefined;
  if (!work || !first) return gone(app);
  const element = h("div", { class: "page" });
  // The second person's forms while somebody is at them: what is drawn anew around them must not take their words away.
  const inUse = (): HTMLElement | null => {
    const place = element.querySelector<HTMLElement>("#second");
    return place && (place.contains(document.activeElement) || place.querySelector("details[open]")) ? place : null;
  };
  const draw = async (): Promise<void> => {
    const row = await record(work, id);
    if (!row) return app.go("/");
    const state = stateOf(row);
    const word = (await records(work)).find((one) => one.kind === CONFIRMATION && one.about === id);
    const parts: (HTMLElement | null)[] = [
      h("section", { class: "card", "data-record": row.id, "data-state": row.state },
        h("p", { class: `sync is-${state.kind}` }, state.words),
        row.last_error ? h("p", { class: "fault" }, row.last_error) : null,
        row.standing ? h("p", { class: "notice" }, standingWords(row.standing)) : null,
        row.detail ? h("p", {}, row.detail) : null,
        row.lines.length > 0 ? lines(row.lines) : null,
        h("p", { class: "fine" }, t("made_at", { time: new Date(row.made_at).toLocaleString() })),
        ...(row.acknowledgement
          ? [h("p", { class: "fine" }, t("taken_at", { time: new Date(row.acknowledgement.server_time).toLocaleString() })), ...row.acknowledgement.notes.map((note) => h("p", { class: "notice" }, note)),
            h("p", { class: "hashes" }, row.acknowledgement.hash), h("a", { class: "button", href: row.acknowledgement.url, target: "_blank", rel: "noopener" }, t("open_record"))]
          : []),
        row.state === "needs_attention" ? mending(app, work, row) : null),
      row.kind === "receipt" ? (!word && inUse()) || (await confirmation(app, work, row, word)) : null,
    ];
    refill(element, parts.filter((one): one is HTMLElement => one !== null));
  };
  await draw();
  const stop = work.listen((change) => {
    if (change.kind === "records") void draw();
  });
  return { element, title: first.title, back: "/", close: stop };
};

const standingWords = (standing: Standing): string =>
  standing.number
    ? t("standing_receipt", { number: standing.number, name: standing.received_by_name ?? "", state: standing.state_label ?? "", time: new Date(standing.received_at ?? "").toLocaleString() })
    : t("standing_shipment");

const mending = (app: App, work: Work, row: RecordRow): HTMLElement =>
  h("div", { class: "row" },
    row.draft && !row.standing ? h("a", { class: "button primary", href: row.kind === "receipt" ? `#/receive/${row.about}/${row.id}` : `#/day/${row.day}/${row.task}/${row.id}`, id: "mend" }, t("mend")) : null,
    button(t("send_now"), () => void send(app), { class: "button" }),
    button(t("discard"), () => void sure(app, work, row), { class: "button danger", id: "discard" }));

const sure = async (app: App, work: Work, row: RecordRow): Promise<void> => {
  const chosen = await ask(t("discard"), [h("p", {}, t("discard_sure"))], [{ label: t("cancel"), value: "" }, { label: t("discard"), value: "yes", class: "button danger" }]);
  if (chosen !== "yes") return;
  await discard(work, row.id);
  app.go("/");
};

// ---- the second person, on this phone ----

const confirmation = async (app: App, work: Work, row: RecordRow, word: RecordRow | undefined): Promise<HTMLElement | null> => {
  if (row.state === "needs_attention") return null;
  if (word) {
    const state = stateOf(word);
    return h("section", { class: "card", "data-record": word.id, "data-state": word.state }, h("h2", {}, t("second_said", { name: word.as?.name ?? "" })), h("p", { class: `sync is-${state.kind}` }, state.words),
      word.last_error ? h("p", { class: "fault" }, word.last_error) : null,
      word.state === "needs_attention" ? button(t("discard"), () => void sure(app, work, word), { class: "button danger" }) : null);
  }
  const known = await seconds(work.person);
  return h("section", { class: "card", id: "second" }, h("h2", {}, t("second_title")), h("p", { class: "fine" }, t("second_hint")),
    ...known.map((one) => sayForm(app, work, row, one)), addForm(work, async () => work.tell({ kind: "records" })));
};

const sayForm = (app: App, work: Work, row: RecordRow, second: Second): HTMLElement => {
  const password = h("input", { type: "password", autocomplete: "off", required: true, "aria-label": t("second_password", { name: second.name }), name: "second_password" }) as HTMLInputElement;
  const fault = h("p", { class: "fault", role: "alert" });
  const submit = h("button", { class: "button good wide", type: "submit" }, t("second_say", { name: second.name }));
  const form = h("form", { "data-second": second.person_id, class: "list" }, h("label", { class: "field" }, h("span", {}, t("second_password", { name: second.name })), password), fault, submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit.disabled = true;
    fault.textContent = "";
    unsealed(work.person, second, password.value)
      .then(async (token) => {
        password.value = "";
        if (!token) return void (fault.textContent = t("second_wrong"));
        password.blur();
        await keepRecord(work, wordOf(app, row, await digestOf(row), second, token));
        void app.sync?.trigger({ manual: true });
        return undefined;
      })
      .catch((error: unknown) => toast(saveWords(error), "danger"))
      .finally(() => (submit.disabled = false));
  });
  return form;
};

const wordOf = (app: App, row: RecordRow, seen: string, second: Second, token: string): RecordRow => ({
  ...blank(app, row.school_id), title: t("second_said", { name: second.name }), detail: row.detail, about: row.id,
  body: { receipt_id: row.id, seen }, as: { person_id: second.person_id, name: second.name, token },
});

const blank = (app: App, school: number): RecordRow => ({
  id: newId(), kind: CONFIRMATION, school_id: school, title: "", detail: "", day: "", task: "", about: "", subjects: [], made_at: nowText(), clock_offset_ms: app.sync?.status.offset ?? 0,
  body: {}, files: [], lines: [], as: null, draft: null, state: "waiting", problem: "", errors: {}, standing: null, last_error: "", acknowledgement: null,
});

const addForm = (work: Work, added: () => Promise<void>): HTMLElement => {
  const name = h("input", { name: "username", autocomplete: "off", autocapitalize: "none", required: true }) as HTMLInputElement;
  const password = h("input", { type: "password", name: "password", autocomplete: "off", required: true }) as HTMLInputElement;
  const code = h("input", { name: "code", inputmode: "numeric", autocomplete: "one-time-code" }) as HTMLInputElement;
  const fault = h("p", { class: "fault", role: "alert" });
  const submit = h("button", { class: "button wide", type: "submit" }, t("second_add"));
  const form = h("form", { class: "list" }, h("p", { class: "fine" }, t("second_add_hint")),
    h("label", { class: "field" }, h("span", {}, t("user_name")), name), h("label", { class: "field" }, h("span", {}, t("password")), password), h("label", { class: "field" }, h("span", {}, t("code")), code), fault, submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit.disabled = true;
    fault.textContent = "";
    addSecond(work.person, name.value.trim(), password.value, code.value.trim())
      .then((second) => {
        toast(t("second_added", { name: second.name }), "success");
        form.reset();
        details.open = false;
        (document.activeElement as HTMLElement | null)?.blur();
        return added();
      })
      .catch((error: unknown) => {
        fault.textContent = error instanceof Unreachable ? t("second_offline") : error instanceof OtherSchool ? t("second_other_school") : error instanceof SamePerson ? t("second_same") : error instanceof Refused ? error.message : saveWords(error);
      })
      .finally(() => {
        password.value = "";
        submit.disabled = false;
      });
  });
  const details = h("details", { id: "add-second" }, h("summary", {}, t("second_add")), form) as HTMLDetailsElement;
  return details;
};

/** On the more screen: people who may be the second on this phone, before there is no network. The form stays as it is while
 * the list above it is drawn anew: somebody may be typing. */
export const secondsCard = (work: Work): { element: HTMLElement; draw: () => Promise<void> } => {
  const list = h("div", {});
  const draw = async (): Promise<void> => {
    list.replaceChildren(...(await seconds(work.person)).map((one) =>
      h("div", { class: "row", "data-second": one.person_id }, h("span", { class: "grow" }, one.name), button(t("second_remove"), () => void removeSecond(work.person, one.person_id).then(draw), { class: "button" }))));
  };
  return { element: h("div", { class: "card", id: "seconds" }, h("h2", {}, t("second_title")), h("p", { class: "fine" }, t("second_hint")), list, addForm(work, draw)), draw };
};

// ---- a count of somebody else's, seen on one's own phone ----

export const awaitingScreen = async (app: App, [receipt = ""]: string[]): Promise<Screen> => {
  const work = app.work;
  const found = work ? (await schoolDay(work))?.receiving.awaiting.find((one) => one.receipt_id === receipt) : undefined;
  if (!work || !found) return gone(app);
  const school = (await schoolDay(work))?.school.id ?? 0;
  const say = async (): Promise<void> => {
    await keepRecord(work, {
      ...blank(app, school), title: t("awaiting_title", { number: found.number }), detail: found.supplier, about: found.receipt_id,
      body: { receipt_id: found.receipt_id, version: found.version }, lines: found.lines,
    });
    toast(t("record_kept"), "success");
    void app.sync?.trigger({ manual: true });
    app.go("/");
  };
  const element = h("div", { class: "page" },
    h("section", { class: "card" }, h("p", {}, awaitingWords(found)), lines(found.lines)),
    button(t("awaiting_say"), () => void say().catch((error: unknown) => toast(saveWords(error), "danger")), { class: "button good wide", id: "say" }),
    h("p", { class: "fine" }, t("awaiting_hint")));
  return { element, title: t("awaiting_title", { number: found.number }), back: "/" };
};

export const awaitingWords = (one: Awaiting): string =>
  t("awaiting_words", { supplier: one.supplier, name: one.received_by_name, time: new Date(one.received_at).toLocaleString() });

