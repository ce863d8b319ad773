// The sheet of a school's demand: rows are sent while they are typed, one request at a time; what was not taken stays
// on the page and is tried again. The arrow keys and Enter move as in a spreadsheet, and a block copied from one is
// pasted over the cells. Without this the page is a plain form with its own button.

import { csrfToken } from "./requests";

const PAUSE = 700; // milliseconds after the last key
const AGAIN = 5000; // after a request that did not arrive

interface Written {
  version: number;
  months: string[];
  total: string;
}
interface Reply {
  rows?: Record<string, Written>;
  errors?: Record<string, string[]>;
  message?: string;
}

const cellsOf = (row: Element): HTMLInputElement[] => [...row.querySelectorAll<HTMLInputElement>("td input")];

const hiddenOf = (row: Element, name: string): HTMLInputElement | null =>
  row.querySelector<HTMLInputElement>(`input[type="hidden"][name$="-${name}"]`);

class Sheet {
  private readonly rows: HTMLTableRowElement[];
  private readonly changed = new Set<Element>();
  private readonly refused = new Set<Element>(); // wrong, or written by somebody else: waits for a person
  private readonly status: HTMLElement | null;
  private timer = 0;
  private isSending = false;

  constructor(private readonly form: HTMLFormElement) {
    this.rows = [...form.querySelectorAll<HTMLTableRowElement>("tr[data-demand-row]")];
    this.status = form.querySelector<HTMLElement>("[data-demand-status]");
    form.addEventListener("input", (event) => this.typed(event));
    form.addEventListener("change", () => this.schedule(0));
    form.addEventListener("keydown", (event) => this.move(event));
    form.addEventListener("paste", (event) => this.paste(event));
    form.addEventListener("click", (event) => this.take(event));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.schedule(0);
    });
    window.addEventListener("online", () => this.schedule(0));
    window.addEventListener("beforeunload", (event) => {
      if (this.changed.size > 0 || this.refused.size > 0 || this.isSending) event.preventDefault();
    });
  }

  private say(name: string): void {
    if (this.status) this.status.textContent = this.form.dataset[name] ?? "";
  }

  private typed(event: Event): void {
    const row = event.target instanceof Element ? event.target.closest("tr[data-demand-row]") : null;
    if (row) this.touch(row, "");
  }

  private touch(row: Element, basis: string): void {
    const source = hiddenOf(row, "basis");
    if (source) source.value = basis;
    this.refused.delete(row);
    this.changed.add(row);
    row.classList.remove("is-refused");
    for (const cell of cellsOf(row)) {
      cell.classList.remove("is-invalid");
      cell.removeAttribute("aria-invalid");
      cell.removeAttribute("title");
    }
    this.say("unsaved");
    this.schedule(PAUSE);
  }

  private schedule(wait: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), wait);
  }

  private async send(): Promise<void> {
    if (this.isSending || this.changed.size === 0) return;
    const sent = [...this.changed];
    const body = new FormData();
    sent.forEach((row, place) => {
      for (const input of row.querySelectorAll("input")) body.set(input.name.replace(/^rows-\d+-/, `rows-${place}-`), input.value);
    });
    this.changed.clear();
    this.isSending = true;
    this.say("saving");
    let reply: Reply | undefined;
    let status = 0;
    try {
      const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
      const answer = await fetch(this.form.action, { method: "POST", body, headers });
      status = answer.status;
      reply = (await answer.json()) as Reply;
    } catch {
      reply = undefined;
    }
    this.isSending = false;
    if (status === 200 && reply) this.written(reply);
    else if (status === 409 && reply) this.overtaken(sent, reply);
    else if (status === 422 && reply) this.wrong(sent, reply);
    else {
      for (const row of sent) this.changed.add(row);
      this.say("offline");
      this.schedule(AGAIN);
      return;
    }
    if (this.changed.size > 0) this.schedule(0);
  }

  private written(reply: Reply): void {
    for (const row of this.rows) this.stamp(row, reply.rows?.[row.dataset.demandRow ?? ""]);
    this.say(this.changed.size > 0 ? "unsaved" : this.refused.size > 0 ? "wrong" : "saved");
  }

  private stamp(row: Element, line: Written | undefined): void {
    if (!line) return;
    const version = hiddenOf(row, "version");
    const total = row.querySelector("[data-demand-total]");
    if (version) version.value = String(line.version);
    if (total) total.textContent = line.total;
  }

  // Nothing of the request was written. The rows that others changed show the others' total and wait to be typed again;
  // the rest is sent once more.
  private overtaken(sent: Element[], reply: Reply): void {
    for (const row of sent) {
      const line = reply.rows?.[row.getAttribute("data-demand-row") ?? ""];
      if (!line) this.changed.add(row);
      else {
        this.stamp(row, line);
        if (!this.changed.has(row)) this.refuse(row, cellsOf(row).map((_cell, place) => line.months[place] ?? ""));
      }
    }
    this.say("changed");
  }

  private wrong(sent: Element[], reply: Reply): void {
    const wrong = Object.entries(reply.errors ?? {});
    const rows = new Set<Element>();
    for (const [name, messages] of wrong) {
      const [, place, field] = name.split(".");
      const row = sent[Number(place)];
      const cell = row?.querySelector<HTMLInputElement>(`input[name$="-${field ?? ""}"]`);
      if (!row || !cell) continue;
      rows.add(row);
      cell.classList.add("is-invalid");
      cell.setAttribute("aria-invalid", "true");
      cell.title = messages.join(" ");
    }
    for (const row of sent) {
      if (rows.has(row) || rows.size === 0) this.refuse(row);
      else this.changed.add(row);
    }
    this.say("wrong");
    if (reply.message && this.status) this.status.textContent = reply.message;
  }

  private refuse(row: Element, theirs?: string[]): void {
    this.refused.add(row);
    row.classList.add("is-refused");
    cellsOf(row).forEach((cell, place) => {
      if (theirs && theirs[place] !== cell.value) cell.title = theirs[place] ?? "";
    });
  }

  private move(event: KeyboardEvent): void {
    const cell = event.target;
    if (!(cell instanceof HTMLInputElement) || cell.type === "hidden" || event.isComposing || event.ctrlKey || event.altKey) return;
    const row = cell.closest<HTMLTableRowElement>("tr[data-demand-row]");
    if (!row) return;
    const column = cellsOf(row).indexOf(cell);
    const at = this.rows.indexOf(row);
    const isUp = event.key === "ArrowUp" || (event.key === "Enter" && event.shiftKey);
    const isDown = event.key === "ArrowDown" || (event.key === "Enter" && !event.shiftKey);
    let next: HTMLInputElement | undefined;
    if (isUp || isDown) next = cellsOf(this.rows[at + (isUp ? -1 : 1)] ?? row)[column];
    else if (event.key === "ArrowLeft" && cell.selectionStart === 0 && column > 0) next = cellsOf(row)[column - 1];
    else if (event.key === "ArrowRight" && cell.selectionEnd === cell.value.length) next = cellsOf(row)[column + 1];
    if (!isUp && !isDown && !next) return;
    event.preventDefault();
    next?.focus();
    next?.select();
  }

  private paste(event: ClipboardEvent): void {
    const cell = event.target;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const row = cell instanceof Element ? cell.closest<HTMLTableRowElement>("tr[data-demand-row]") : null;
    if (!row || !(cell instanceof HTMLInputElement) || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    const column = cellsOf(row).indexOf(cell);
    const at = this.rows.indexOf(row);
    text.replace(/\r?\n$/, "").split(/\r?\n/).forEach((line, down) => {
      const target = this.rows[at + down];
      if (!target) return;
      const cells = cellsOf(target);
      line.split("\t").forEach((value, right) => {
        const one = cells[column + right];
        if (one) one.value = value.replace(/[,，\s]/g, "");
      });
      this.touch(target, "");
    });
  }

  private take(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-demand-take]") : null;
    const row = button?.closest("tr[data-demand-row]");
    if (!button || !row) return;
    for (const cell of cellsOf(row)) cell.value = cell.placeholder;
    this.touch(row, button.dataset.demandTake ?? "");
  }
}

export const start = (): void => {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-demand]")) {
    if (form.querySelector("td input")) new Sheet(form);
  }
};
