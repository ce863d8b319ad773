// Storage, export, language, light; signing out and clearing, which refuse while unsent work exists.

import { endToken } from "../api";
import type { App, Screen } from "../app";
import { secondsCard } from "../day/screens/record";
import { ask, button, h, toast } from "../dom";
import { unsentCount } from "../export";
import { chooseLanguage, language, t } from "../messages";
import { persist, probe } from "../probe";
import { deleteStore, forgetCurrent, keepSetting, knownPeople, removePerson, setPerson } from "../store";
import { chooseTheme, theme } from "../theme";
import { opensOffline } from "../updates";
import { unsentCard } from "./sign_in";

declare const APP_VERSION: string;

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0);

export const more = async (app: App): Promise<Screen> => {
  const element = h("div", { class: "page" });
  const found = await probe();
  const asked = async (): Promise<void> => {
    toast(t((await persist()) ? "persisted" : "not_persisted"));
    app.go("/more");
  };
  element.append(h("div", { class: "card" }, h("h2", {}, t("storage")),
    h("p", { class: found.fault ? "fault" : "" }, found.fault ? t(`probe_${found.fault}`) : t("storage_good")),
    h("p", {}, found.persisted ? t("persisted") : t("not_persisted")),
    found.free === null ? null : h("p", { class: "fine" }, t("storage_free", { n: megabytes(found.free) })),
    h("p", { class: "fine" }, t(opensOffline() ? "opens_offline" : "opens_not_offline")),
    h("p", { class: "fine" }, t("home_screen")),
    found.persisted ? null : button(t("ask_persist"), () => void asked(), { class: "button" })));
  for (const person of await knownPeople()) {
    const count = await unsentCount(person).catch(() => 0);
    if (count > 0) element.append(unsentCard(person, count));
  }
  element.append(h("div", { class: "card" }, h("h2", {}, t("display")),
    h("div", { class: "row" }, ...(["auto", "light", "dark"] as const).map((name) =>
      button(t(`theme_${name}`), () => {
        chooseTheme(name);
        void app.open();
      }, { class: "chip", "aria-pressed": String(theme() === name) }))),
    h("div", { class: "row" }, ...(["zh", "en"] as const).map((name) =>
      button(name === "zh" ? "中文" : "English", () => {
        chooseLanguage(name);
        location.reload();
      }, { class: "chip", lang: name, "aria-pressed": String(language() === name) }))),
    button(t("hide_hint"), () => void keepSetting("home_screen_hint", true).then(() => toast(t("done"))), { class: "button" })));
  const work = app.work;
  const seconds = work?.person.school_id === undefined ? null : secondsCard(work);
  if (seconds) {
    await seconds.draw();
    element.append(seconds.element);
  }
  const stop = work?.listen((change) => {
    if (change.kind === "records") void seconds?.draw();
  });
  if (work) {
    element.append(h("div", { class: "card" }, h("h2", {}, `${work.person.person_name} · ${work.person.bureau_name}`),
      h("div", { class: "row" },
        button(t("sign_out"), () => void signOut(app), { class: "button", id: "sign-out" }),
        button(t("reset"), () => void reset(app), { class: "button danger", id: "reset" }))));
  }
  element.append(h("p", { class: "fine" }, `${t("app_name")} ${APP_VERSION}`));
  return { element, title: t("more"), back: "/", ...(stop ? { close: stop } : {}) };
};

/** Refuses while there is work that the service has not confirmed. */
const refused = async (app: App): Promise<boolean> => {
  const unsent = app.work ? await unsentCount(app.work.person) : 0;
  if (unsent > 0) await ask(t("unsent_title"), [h("p", { class: "fault" }, t("unsent_refusal", { n: unsent }))], [{ label: t("close"), value: "" }]);
  return unsent > 0;
};

const signOut = async (app: App): Promise<void> => {
  const person = app.work?.person;
  if (!person || (await refused(app))) return;
  app.leave();
  // Without a network the service hears nothing of it; then the only copy of the token goes, and it ends by itself.
  if (person.token) await endToken(person.token);
  await setPerson({ ...person, token: null, token_id: null });
  await forgetCurrent();
  app.go("/sign-in");
};

const reset = async (app: App): Promise<void> => {
  const person = app.work?.person;
  if (!person || (await refused(app))) return;
  const chosen = await ask(t("reset"), [h("p", {}, t("reset_sure"))], [{ label: t("cancel"), value: "" }, { label: t("reset"), value: "yes", class: "button danger" }]);
  if (chosen !== "yes" || (await refused(app))) return; // another tab may have gone on meanwhile
  app.leave();
  await forgetCurrent();
  await deleteStore(person.key);
  await removePerson(person.key);
  app.go("/sign-in");
};
