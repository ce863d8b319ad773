// What the officers' browsers do: make a key, prove it, give the shares, put two together.

import { newId } from "../fill/ids";
import { answer, combined, newOfficerKey, openShare, PASSPHRASE_LEAST, unlock, WrongPassphrase, type Seat } from "./seal";
import { call, NoAnswer, t } from "./talk";

interface Challenge {
  sealed: string;
  token: string;
  identity_ciphertext: string;
}

interface Task {
  submission_id: string;
  lot_number: number;
  receipt_number: string;
  state: string;
  share: string;
  given: boolean;
  others: Partial<Record<Seat, string>>;
}

interface State {
  state: string;
  seat: Seat;
  identity_ciphertext: string;
  present: Seat[];
  is_present: boolean;
  submissions: Task[];
}

const status = (form: HTMLElement, text: string, tone: "info" | "danger" | "success" = "info"): void => {
  const place = form.querySelector<HTMLElement>("[data-status]");
  if (!place) return;
  place.className = `note tone-${tone}`;
  place.hidden = text === "";
  place.textContent = text;
};

const worded = (error: unknown): string => {
  if (error instanceof WrongPassphrase) return t("wrong_passphrase");
  if (error instanceof NoAnswer) return t("no_answer");
  return error instanceof Error ? error.message : String(error);
};

/** One press, one run: a second press while it works does nothing. */
const onSubmit = (selector: string, work: (form: HTMLFormElement) => Promise<void>): void => {
  for (const form of document.querySelectorAll<HTMLFormElement>(selector)) {
    // Until now the form could not be sent: without this script the browser would send the passphrase to the server.
    for (const button of form.querySelectorAll<HTMLButtonElement>("button[type=submit]")) button.disabled = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const pressed = form.querySelector<HTMLButtonElement>("button[type=submit]");
      if (!pressed || pressed.disabled) return;
      pressed.disabled = true;
      status(form, t("working"));
      // The slow part (scrypt) would keep the page from showing that it works.
      window.setTimeout(() => {
        work(form)
          .catch((error: unknown) => status(form, worded(error), "danger"))
          .finally(() => (pressed.disabled = false));
      }, 30);
    });
  }
};

const passphraseOf = (form: HTMLFormElement): string => form.querySelector<HTMLInputElement>("[name=passphrase]")?.value ?? "";

const forget = (form: HTMLFormElement): void => {
  for (const input of form.querySelectorAll<HTMLInputElement>("input[type=password]")) input.value = "";
};

const makeKey = async (form: HTMLFormElement): Promise<void> => {
  const passphrase = passphraseOf(form);
  const again = form.querySelector<HTMLInputElement>("[name=again]")?.value ?? "";
  if ([...passphrase].length < PASSPHRASE_LEAST) return status(form, t("passphrase_short", { least: PASSPHRASE_LEAST }), "danger");
  if (passphrase !== again) return status(form, t("passphrases_differ"), "danger");
  const id = newId();
  await call("PUT", `/opening-keys/${id}`, { json: await newOfficerKey(passphrase) });
  const identity = await prove(id, passphrase);
  await call("PUT", `/opening-keys/${id}/confirmation`, { json: identity });
  forget(form);
  location.reload();
};

const prove = async (keyId: string, passphrase: string): Promise<{ token: string; answer: string }> => {
  const asked = await call<Challenge>("GET", `/opening-keys/${keyId}/challenge`);
  return { token: asked.token, answer: await answer(asked.sealed, await unlock(asked.identity_ciphertext, passphrase)) };
};

const tryKey = async (form: HTMLFormElement): Promise<void> => {
  const keyId = form.dataset["key"] ?? "";
  await call("PUT", `/opening-keys/${keyId}/confirmation`, { json: await prove(keyId, passphraseOf(form)) });
  forget(form);
  status(form, t("key_works"), "success");
};

const confirmSeat = async (form: HTMLFormElement): Promise<void> => {
  const proof = await prove(form.dataset["key"] ?? "", passphraseOf(form));
  await call("PUT", `/tenders/${form.dataset["tender"] ?? ""}/opening-officers/confirmation`, { json: proof });
  forget(form);
  location.reload();
};

// ---- the opening ----

const attend = async (form: HTMLFormElement): Promise<void> => {
  const path = `/tenders/${form.dataset["tender"] ?? ""}/opening`;
  let state = await call<State>("GET", `${path}/seat`);
  const identity = await unlock(state.identity_ciphertext, passphraseOf(form));
  const missing = state.submissions.filter((one) => !one.given);
  const shares: Record<string, string> = {};
  for (const [at, one] of missing.entries()) {
    status(form, t("opening_shares", { at: at + 1, of: missing.length }));
    shares[one.submission_id] = await openShare(one.share, identity);
  }
  state = await call<State>("PUT", `${path}/shares`, { json: { shares } });
  forget(form);
  await open(form, path, state, identity);
};

const open = async (form: HTMLFormElement, path: string, state: State, identity: string): Promise<void> => {
  const waiting = state.submissions.filter((one) => one.state === "sealed");
  const ready = waiting.filter((one) => Object.keys(one.others).length > 0);
  if (waiting.length > 0 && ready.length === 0) {
    status(form, t("given_waiting"), "success");
    return watch(form, path, identity);
  }
  let left = 0;
  for (const [at, one] of ready.entries()) {
    status(form, t("opening_bids", { at: at + 1, of: ready.length }));
    const mine = await openShare(one.share, identity);
    let outcome = "sealed";
    for (const other of Object.values(one.others)) {
      const key = await combined(mine, other).catch(() => "");
      if (!key) continue;
      outcome = (await call<{ state: string }>("PUT", `${path}/identities/${one.submission_id}`, { json: { identity: key } })).state;
      if (outcome !== "sealed") break;
    }
    if (outcome === "sealed") left++;
  }
  if (left > 0) window.sessionStorage.setItem("houqin-opening-left", String(left));
  location.reload();
};

const WATCH_MS = 4000;

/** The first officer's page waits for the second, whose browser opens the bids. */
const watch = async (form: HTMLFormElement, path: string, identity: string): Promise<void> => {
  for (;;) {
    await new Promise((resolve) => window.setTimeout(resolve, WATCH_MS));
    try {
      const state = await call<State>("GET", `${path}/seat`);
      if (state.state !== "waiting" || state.submissions.every((one) => one.state !== "sealed")) return location.reload();
      // The other's browser was closed in the middle: this one goes on by itself.
      const stuck = state.submissions.filter((one) => one.state === "sealed" && Object.keys(one.others).length > 0);
      if (stuck.length > 0) return await open(form, path, state, identity);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
  }
};

export const start = (): void => {
  onSubmit("form[data-makes-key]", makeKey);
  onSubmit("form[data-tries-key]", tryKey);
  onSubmit("form[data-confirms-seat]", confirmSeat);
  onSubmit("form[data-attends]", attend);
  const left = window.sessionStorage.getItem("houqin-opening-left");
  const form = document.querySelector<HTMLElement>("form[data-attends]");
  if (left && form) {
    window.sessionStorage.removeItem("houqin-opening-left");
    status(form, t("left_sealed", { count: left }), "danger");
  }
};
