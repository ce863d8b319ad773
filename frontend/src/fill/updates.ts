// A new version waits until no form is open in any tab, then the person lets it in: nobody loses a page under their hands.

import { button, h } from "./dom";
import { t } from "./messages";

const OPEN = "houqin-fill-form-open";
const HOUR_MS = 3_600_000;

/** Held while a form is on the screen. Gives the function that lets go. */
export const formIsOpen = (): (() => void) => {
  let release: () => void = () => undefined;
  if ("locks" in navigator) {
    void navigator.locks.request(OPEN, { mode: "shared" }, () => new Promise<void>((resolve) => (release = resolve)));
  }
  return () => release();
};

const anyFormOpen = async (): Promise<boolean> => {
  if (!("locks" in navigator)) return false;
  const { held } = await navigator.locks.query();
  return (held ?? []).some((lock) => lock.name === OPEN);
};

let registration: ServiceWorkerRegistration | null = null;

export const startWorker = async (): Promise<void> => {
  if (!("serviceWorker" in navigator)) return;
  let controlled = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (controlled) location.reload();
    controlled = true;
  });
  try {
    registration = await navigator.serviceWorker.register("/fill/sw.js", { scope: "/fill/" });
    // An installed page is seldom opened anew, so the browser would seldom look by itself.
    setInterval(() => void registration?.update().catch(() => undefined), HOUR_MS);
  } catch (error) {
    console.warn("no offline page", error); // shown on the settings screen; the work itself is kept all the same
  }
};

export const opensOffline = (): boolean => registration?.active !== null && registration !== null;

/** For the list of visits: a line that offers the new version, or nothing. */
export const updateOffer = async (): Promise<HTMLElement | null> => {
  const waiting = registration?.waiting;
  if (!waiting || (await anyFormOpen())) return null;
  return h("p", { class: "notice" }, t("new_version"), button(t("update_now"), () => waiting.postMessage("take over"), { class: "button" }));
};
