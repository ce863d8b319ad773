// The page an inspector fills: every touch is saved at once. What is not saved yet is marked on its card, tried again
// until it is, and leaving the page before that warns. htmx carries the answers, fetch the photos.

import htmx from "htmx.org";

import { encode } from "./photos";
import { csrfToken } from "./requests";
import { toast } from "./toast";

const RETRY_SECONDS = [2, 5, 10, 20, 30];
const TYPING_MS = 800;

type Save = "waiting" | "saving" | "saved" | "failed" | "refused" | "open";

let page: HTMLFormElement;
let leaving = false;
const tries = new WeakMap<HTMLElement, number>();
const timers = new WeakMap<HTMLElement, number>();

const cardOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>("[data-item]") : null;

const fieldsOf = (card: HTMLElement): HTMLElement | null => card.querySelector<HTMLElement>("[data-fields]");

const mark = (card: HTMLElement, save: Save): void => {
  card.dataset.save = save;
  const words = { waiting: page.dataset.textWaiting, saving: page.dataset.textSaving, failed: page.dataset.textFailed };
  const place = card.querySelector<HTMLElement>(".fill-state");
  if (!place || !(save in words)) return; // the server's own words stand there
  place.textContent = "";
  const note = document.createElement("span");
  note.className = save === "failed" ? "fill-failed" : "fill-open";
  note.textContent = words[save as keyof typeof words] ?? "";
  place.append(note);
};

const later = (card: HTMLElement, milliseconds: number): void => {
  window.clearTimeout(timers.get(card));
  timers.set(card, window.setTimeout(() => {
    const fields = fieldsOf(card);
    if (card.isConnected && fields) htmx.trigger(fields, "resave", {});
  }, milliseconds));
};

const failed = (card: HTMLElement): void => {
  const count = tries.get(card) ?? 0;
  tries.set(card, count + 1);
  mark(card, "failed");
  later(card, 1000 * (RETRY_SECONDS[Math.min(count, RETRY_SECONDS.length - 1)] ?? 30));
};

const watchSaving = (): void => {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const card = cardOf(event.target);
    if (!card || event.target !== fieldsOf(card)) return;
    window.clearTimeout(timers.get(card));
    mark(card, "saving");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const card = cardOf(event.target);
    if (!card || event.target !== fieldsOf(card)) return;
    const { successful, xhr } = (event as CustomEvent<{ successful: boolean; xhr: XMLHttpRequest }>).detail;
    if (xhr.status === 422) {
      card.dataset.save = "refused";
    } else if (successful) {
      tries.delete(card);
      card.dataset.save = card.querySelector(".fill-done") ? "saved" : "open";
    } else {
      failed(card);
    }
  });
  // The card itself says that it is not saved; a message for each try would bury the page.
  const place = document.getElementById("fill-sections");
  for (const name of ["htmx:sendError", "htmx:responseError"]) {
    place?.addEventListener(name, (event) => {
      if (event.target instanceof HTMLElement && "fields" in event.target.dataset) event.stopPropagation();
    });
  }
  window.addEventListener("online", () => {
    for (const card of document.querySelectorAll<HTMLElement>('[data-item][data-save="failed"]')) later(card, 0);
    for (const retry of document.querySelectorAll<HTMLElement>("[data-photo-retry]")) retry.click();
  });
};

const watchTyping = (): void => {
  document.addEventListener("input", (event) => {
    const card = cardOf(event.target);
    const fields = card && fieldsOf(card);
    if (!card || !fields || !(event.target instanceof Node) || !fields.contains(event.target)) return;
    if (event.target instanceof HTMLInputElement && /^(radio|checkbox|file)$/.test(event.target.type)) return;
    mark(card, "waiting");
    later(card, TYPING_MS);
  });
};

// ---- controls: steppers, "none of these", "not applicable" ----

const set = (input: HTMLInputElement, value: string): void => {
  input.value = value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
};

const step = (stepper: HTMLElement, direction: number): void => {
  const input = stepper.querySelector<HTMLInputElement>("input");
  if (!input) return;
  const size = Number(stepper.dataset.step ?? "1");
  const most = stepper.dataset.most === undefined ? Infinity : Number(stepper.dataset.most);
  const places = (stepper.dataset.step ?? "1").split(".")[1]?.length ?? 0;
  // Stepping down from an empty mark starts at the full points, stepping up from nothing.
  const now = input.value.trim() === "" ? (direction < 0 && most !== Infinity ? most : 0) : Number(input.value);
  if (Number.isNaN(now)) return;
  const next = Math.min(most, Math.max(0, now + direction * size));
  set(input, String(Number(next.toFixed(Math.max(places, 4)))));
};

const watchControls = (): void => {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-stepper] button") : null;
    const stepper = button?.closest<HTMLElement>("[data-stepper]");
    if (!button || !stepper) return;
    if ("less" in button.dataset) step(stepper, -1);
    else if ("more" in button.dataset) step(stepper, 1);
    else if (button.dataset.sets !== undefined) {
      const input = stepper.querySelector<HTMLInputElement>("input");
      if (input) set(input, button.dataset.sets);
    }
  });
  // Before htmx reads the fields: in the capturing phase.
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement)) return;
    const entries = input.closest<HTMLElement>("[data-entries]");
    if (entries && "none" in input.dataset && input.checked) {
      for (const other of entries.querySelectorAll<HTMLInputElement>("input")) {
        if (other === input) continue;
        if (other.type === "checkbox") other.checked = false;
        else other.value = "";
      }
    } else if (entries && !("none" in input.dataset) && (input.checked || (input.type === "text" && input.value !== ""))) {
      const none = entries.querySelector<HTMLInputElement>("[data-none]");
      if (none) none.checked = false;
    }
    const fields = input.closest<HTMLElement>("[data-fields]");
    if (fields) {
      const absent = fields.querySelector<HTMLInputElement>('input[name$="-na"]:checked, input[value="na"]:checked');
      fields.classList.toggle("is-na", absent !== null);
      if (input.value === "no" && input.name.endsWith("-met")) fields.querySelector("details")?.setAttribute("open", "");
    }
  }, { capture: true });
};

// ---- photos ----

const send = async (item: HTMLElement, address: string, position: string, id: string, file: File): Promise<void> => {
  const body = new FormData();
  body.set("id", id);
  body.set("position", position);
  body.set("photo", file);
  const note = document.createElement("span");
  note.className = "photo-note";
  note.textContent = page.dataset.textPhoto ?? "";
  item.querySelector("[data-photo-retry]")?.remove();
  item.append(note);
  item.dataset.photo = "sending";
  let reply: Response | undefined;
  try {
    reply = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" } });
  } catch {
    reply = undefined; // the network: the button below tries again
  }
  note.remove();
  if (reply?.ok) {
    const holder = document.createElement("template");
    holder.innerHTML = await reply.text();
    const done = holder.content.firstElementChild;
    if (done) {
      item.replaceWith(done);
      htmx.process(done);
    }
    return;
  }
  if (reply?.status === 422) {
    toast(await reply.text(), "danger");
    item.remove();
    return;
  }
  item.dataset.photo = "failed";
  const retry = document.createElement("button");
  retry.type = "button";
  retry.className = "fill-photo-retry";
  retry.dataset.photoRetry = "";
  retry.textContent = page.dataset.textPhotoFailed ?? "";
  retry.addEventListener("click", () => void send(item, address, position, id, file));
  item.append(retry);
};

const identifier = (): string => {
  // crypto.randomUUID asks for a secure page; a bureau's test server inside its own network may not be one.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

const take = async (input: HTMLInputElement): Promise<void> => {
  const list = input.closest(".fill-foot")?.querySelector("[data-photo-list]");
  const address = input.dataset.itemPhoto;
  if (!list || !address) return;
  const files = [...(input.files ?? [])];
  input.value = ""; // sent here, not once more with the whole page
  for (const file of files) {
    const encoded = await encode(file); // one at a time: phones run out of memory
    const item = document.createElement("li");
    item.className = "fill-photo photo-thumb";
    const picture = document.createElement("img");
    picture.src = URL.createObjectURL(encoded);
    picture.alt = file.name;
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
    item.append(picture);
    list.append(item);
    await send(item, address, input.dataset.position ?? "", identifier(), encoded);
  }
};

const watchPhotos = (): void => {
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input instanceof HTMLInputElement && "itemPhoto" in input.dataset && input.files?.length) void take(input);
  });
};

// ---- the way through the page, and out of it ----

const watchSections = (): void => {
  const links = new Map<string, HTMLAnchorElement>();
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".fill-tabs a")) links.set(link.hash.slice(1), link);
  const show = (id: string): void => {
    for (const [name, link] of links) {
      if (name === id) {
        link.setAttribute("aria-current", "true");
        const bar = link.parentElement;
        if (bar) bar.scrollLeft = link.offsetLeft - (bar.clientWidth - link.offsetWidth) / 2;
      } else link.removeAttribute("aria-current");
    }
  };
  const current = (): void => {
    let found = "";
    for (const section of document.querySelectorAll<HTMLElement>(".fill-section[id]")) {
      if (section.getBoundingClientRect().top < window.innerHeight / 3) found = section.id;
    }
    show(found || [...links.keys()][0] || "");
  };
  let planned = 0;
  document.addEventListener("scroll", () => {
    window.cancelAnimationFrame(planned);
    planned = window.requestAnimationFrame(current);
  }, { passive: true });
  current();
};

const unsaved = (): boolean =>
  document.querySelector(
    '[data-item][data-save="waiting"], [data-item][data-save="saving"], [data-item][data-save="failed"], [data-photo]',
  ) !== null;

export const start = (): void => {
  const found = document.querySelector<HTMLFormElement>("form[data-fill]");
  if (!found) return;
  page = found;
  watchSaving();
  watchTyping();
  watchControls();
  watchPhotos();
  watchSections();
  // Submitting carries every field once more, so nothing can be lost by it.
  page.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && unsaved()) event.preventDefault();
  });
};
