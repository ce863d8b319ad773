// Sign in once for thirty days. First the probe: where the browser cannot keep work, nobody gets as far as losing it.

import { Refused, Unreachable, call, newToken } from "../api";
import type { App, Screen } from "../app";
import type { SchoolDay } from "../day/types";
import { button, download, h, toast } from "../dom";
import { exportUnsent, unsentCount } from "../export";
import { t } from "../messages";
import { persist, probe } from "../probe";
import { keepPerson, knownPeople } from "../store";
import type { Identity, Tasks } from "../types";

const DAYS = 30;
const SCOPES = ["bureau:inspection:fill", "school:offline_records:fill", "school:offline_records:confirm"]; // one place, one of the two

const field = (label: string, attributes: Record<string, unknown>): { row: HTMLElement; input: HTMLInputElement } => {
  const input = h("input", attributes) as HTMLInputElement;
  return { row: h("label", { class: "field" }, h("span", {}, label), input), input };
};

export const signIn = async (app: App): Promise<Screen> => {
  const element = h("div", { class: "page" });
  const found = await probe();
  const again = app.work?.person;
  if (found.fault !== "") {
    element.append(h("div", { class: "refusal", role: "alert" }, h("h2", {}, t("cannot_keep")), h("p", {}, t(`probe_${found.fault}`)), h("p", {}, t("use_browser"))));
  } else {
    const name = field(t("user_name"), { name: "username", autocomplete: "username", required: true, autocapitalize: "none" });
    const password = field(t("password"), { name: "password", type: "password", autocomplete: "current-password", required: true });
    const code = field(t("code"), { name: "code", inputmode: "numeric", autocomplete: "one-time-code" });
    const place = field(t("place_of_work"), { name: "scope", autocomplete: "off", autocapitalize: "none" });
    place.row.hidden = true; // only of somebody who works in several
    const fault = h("p", { class: "fault", role: "alert" });
    const submit = h("button", { class: "button primary wide", type: "submit" }, t("sign_in"));
    const form = h("form", { class: "card" }, h("p", {}, again ? t("sign_in_again_as", { name: again.person_name }) : t("sign_in_once")), name.row, password.row, code.row, place.row, fault, submit);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit.disabled = true;
      fault.textContent = "";
      enter(app, name.input.value.trim(), password.input.value, code.input.value.trim(), place.input.value.trim())
        .catch((error: unknown) => {
          if (asksForPlace(error)) place.row.hidden = false;
          fault.textContent = error instanceof Unreachable ? t("sign_in_offline") : wordsOf(error);
        })
        .finally(() => (submit.disabled = false));
    });
    element.append(form);
  }
  element.append(h("p", { class: "fine" }, found.persisted ? t("persisted") : t("not_persisted"), " ", t("home_screen")));
  for (const person of await knownPeople()) {
    const count = await unsentCount(person).catch(() => 0);
    if (count > 0) element.append(unsentCard(person, count));
  }
  return { element, title: t("sign_in"), back: again ? "/" : null };
};

const asksForPlace = (error: unknown): boolean => error instanceof Refused && Boolean((error.problem.body["errors"] as Record<string, unknown> | undefined)?.["scope"]);

const wordsOf = (error: unknown): string => {
  if (!(error instanceof Refused)) return error instanceof Error ? error.message : String(error);
  const { errors } = error.problem.body;
  const listed = errors && typeof errors === "object" ? Object.values(errors as Record<string, unknown>).flat(3).filter((one) => typeof one === "string") : [];
  return [error.problem.detail, ...listed].filter(Boolean).join("；") || error.problem.title || t("failed_status", { n: error.problem.status });
};

export const unsentCard = (person: Identity, count: number): HTMLElement =>
  h(
    "div", { class: "card" },
    h("p", {}, t("unsent_of", { name: person.person_name, n: count })),
    button(t("export_unsent"), () => {
      exportUnsent(person).then(({ blob, name }) => download(blob, name), () => toast(t("export_failed"), "danger"));
    }, { class: "button wide" }),
  );

const enter = async (app: App, username: string, password: string, code: string, place: string): Promise<void> => {
  const made = await newToken({ username, password, code: code || null, name: t("device_name"), scopes: SCOPES, days: DAYS, scope: place || null });
  const inSchool = made.level === "school";
  const given = inSchool ? await call<SchoolDay>(made.token, "GET", "/fill/school-day") : await call<Tasks>(made.token, "GET", "/fill/tasks");
  const school = "school" in given ? given.school.id : undefined;
  await persist();
  const person: Identity = {
    key: [given.bureau.id, given.person.id, ...(school === undefined ? [] : [school])].join("-"),
    bureau_id: given.bureau.id,
    bureau_name: given.bureau.name,
    person_id: given.person.id,
    person_name: given.person.name,
    token: made.token,
    token_id: made.id,
    expires_at: made.expires_at,
    last_used_at: new Date().toISOString(),
    ...(school === undefined ? {} : { school_id: school }),
  };
  await keepPerson(person);
  app.use(person);
  app.go("/");
};
