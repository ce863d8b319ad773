// The visits of this phone, with what is known of their sending.

import type { App, Screen } from "../app";
import { button, h, refill, toast } from "../dom";
import { todayText } from "../ids";
import { t } from "../messages";
import { setting } from "../store";
import { stateWords } from "../states";
import { updateOffer } from "../updates";
import { isEditable, type Listed } from "../work";

export const visits = async (app: App): Promise<Screen> => {
  const list = h("div", { class: "list" });
  const notices = h("div", {});
  const element = h("div", { class: "page" }, notices, list);
  const work = app.work;
  if (!work) throw new Error("nobody is signed in");
  let drawing = false;
  let again = false;
  const draw = async (): Promise<void> => {
    if (drawing) {
      again = true;
      return;
    }
    drawing = true;
    const [listed, offer, hidden] = await Promise.all([work.list(), updateOffer(), setting("home_screen_hint")]);
    notices.replaceChildren(...[offer, hidden ? null : homeScreenHint()].filter((one): one is HTMLElement => one !== null));
    const day = todayText();
    const now = listed.filter(({ task }) => task.scheduled_on <= day);
    const later = listed.filter(({ task }) => task.scheduled_on > day);
    refill(list, [
      ...group(app, t("today"), now),
      ...group(app, t("later"), later),
      ...(listed.length === 0 ? [h("p", { class: "empty" }, t("no_visits"))] : []),
      button(t("fetch_now"), () => void send(app), { class: "button wide", id: "fetch-now" }),
    ]);
    drawing = false;
    if (again) {
      again = false;
      await draw();
    }
  };
  await draw();
  const stop = work.listen((change) => {
    if (change.kind !== "answer") void draw();
  });
  return { element, title: t("visits_of", { name: work.person.person_name }), back: null, close: stop };
};

export const homeScreenHint = (): HTMLElement | null =>
  window.matchMedia("(display-mode: standalone)").matches ? null : h("p", { class: "fine" }, t("home_screen"));

const group = (app: App, title: string, listed: Listed[]): HTMLElement[] =>
  listed.length === 0 ? [] : [h("h2", {}, title), ...listed.map((one) => card(app, one))];

export const send = async (app: App): Promise<void> => {
  await app.sync?.trigger({ manual: true, fetch: true });
  const status = app.sync?.status;
  if (status?.online === false) toast(t("still_offline"), "danger");
  else if (status?.error) toast(status.error, "danger");
};

const card = (app: App, { task, submission, form, conflicts }: Listed): HTMLElement => {
  const state = stateWords(submission, conflicts);
  return h(
    "article", { class: "card visit", "data-inspection": task.inspection_id, "data-state": submission?.state ?? "none" },
    h("h3", {}, task.school.name),
    h("p", { class: "fine" }, `${task.plan.title} · ${task.scheduled_on} · ${task.inspectors.map((one) => one.name).join("、")}`),
    task.return_reason ? h("p", { class: "fault" }, t("returned", { reason: task.return_reason })) : null,
    h("p", { class: `sync is-${state.kind}` }, state.words),
    state.detail ? h("p", { class: "fault" }, state.detail) : null,
    h(
      "div", { class: "row" },
      form ? h("a", { class: "button primary", href: `#/fill/${task.inspection_id}` }, t(!submission ? "begin" : isEditable(submission) ? "go_on" : "look")) : h("span", { class: "fine" }, t("form_missing")),
      conflicts > 0 ? h("a", { class: "button danger", href: `#/conflicts/${task.inspection_id}` }, t("compare_n", { n: conflicts })) : null,
      submission && state.sendable ? button(t("send_now"), () => void send(app), { class: "button" }) : null,
      submission?.receipt ? h("a", { class: "button", href: `#/receipt/${task.inspection_id}` }, t("receipt")) : null,
    ),
  );
};
