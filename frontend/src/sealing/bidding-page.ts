// The bidding page: one lot at a time; form, checks, seal and submit, receipts.

import { button, download, h, toast } from "../fill/dom";
import { newId } from "../fill/ids";
import { check, document as bidDocument, emptyDraft, type Draft, type Finding, type Kit, type Lot, type OwnBid, type Receipt } from "./bid";
import { Store } from "./drafts";
import { formOf } from "./bidding-form";
import { WrongPassphrase, seal, sha256 } from "./seal";
import { NoAnswer, Refusal, beijing, call, t } from "./talk";

const SAVE_MS = 1200;

class Page {
  private lot: Lot;
  private draft: Draft = emptyDraft();
  private store: Store;
  private timer = 0;
  private busy = false;
  private readonly skew: number; // the server's clock less this computer's, in milliseconds

  constructor(
    private readonly place: HTMLElement,
    private kit: Kit,
    asked: number,
  ) {
    this.skew = Date.parse(kit.server_time) - asked;
    this.lot = kit.lots.find((lot) => lot.id === location.hash.slice(1)) ?? (kit.lots[0] as Lot);
    this.store = this.storeOf();
  }

  private storeOf(): Store {
    return new Store(`${this.kit.bureau}-${this.kit.supplier.credit_code}-${this.lot.id}`);
  }

  private now(): number {
    return Date.now() + this.skew;
  }

  async show(): Promise<void> {
    const loaded = await this.store.load().catch(() => emptyDraft());
    if (loaded === "locked") this.place.replaceChildren(this.head(), this.tabs(), this.unlockBox());
    else {
      this.draft = loaded;
      return this.draw();
    }
    this.tick();
  }

  /** From the draft as it is written now, whether it has reached the disk or not. */
  private draw(): void {
    this.place.replaceChildren(this.head(), this.tabs(), this.ownBids(), this.writing());
    this.tick();
  }

  private head(): HTMLElement {
    return h("div", { class: "bid-clock", role: "timer" },
      h("p", null, h("span", { class: "fine" }, t("deadline")), " ", h("strong", { id: "bid-deadline" }, this.deadline())),
      h("p", null, h("span", { class: "fine" }, t("server_clock")), " ", h("strong", { id: "bid-now" }), " · ", h("strong", { id: "bid-left" })),
      Math.abs(this.skew) > 60_000 ? h("p", { class: "note tone-warning" }, t("clock_off", { minutes: Math.round(Math.abs(this.skew) / 60_000) })) : null);
  }

  private deadline(): string {
    const at = this.kit.tender.bid_deadline;
    return at ? beijing(at) : "—";
  }

  private isOpen(): boolean {
    const at = this.kit.tender.bid_deadline;
    return this.kit.is_open && at !== null && this.now() < Date.parse(at);
  }

  tick(): void {
    const now = document.getElementById("bid-now");
    const left = document.getElementById("bid-left");
    if (!now || !left) return;
    now.textContent = beijing(this.now());
    const seconds = Math.floor((Date.parse(this.kit.tender.bid_deadline ?? "") - this.now()) / 1000);
    const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
    left.textContent = !(seconds > 0) ? t("closed") : t("left", { days, hours, minutes, seconds: seconds % 60 });
    left.className = seconds > 3600 ? "" : "text-danger";
    const sealButton = document.querySelector<HTMLButtonElement>("#bid-seal");
    if (sealButton && !this.busy) sealButton.disabled = !this.isOpen();
  }

  private tabs(): HTMLElement {
    return h("nav", { "aria-label": t("lots") },
      h("ul", { class: "tabs" }, ...this.kit.lots.map((lot) =>
        h("li", null, h("a", {
          class: "nav-link", href: `#${lot.id}`, "aria-current": lot.id === this.lot.id ? "page" : null,
          onclick: () => void this.choose(lot),
        }, t("lot", { number: lot.number, title: lot.title }))))));
  }

  private async choose(lot: Lot): Promise<void> {
    await this.saveNow();
    this.lot = lot;
    this.store = this.storeOf();
    await this.show();
  }

  private unlockBox(): HTMLElement {
    const input = h("input", { type: "password", class: "form-control", id: "draft-passphrase", autocomplete: "off" });
    const open = async (): Promise<void> => {
      try {
        await this.store.open(input.value);
        await this.show();
      } catch (error) {
        toast(error instanceof WrongPassphrase ? t("wrong_passphrase") : String(error), "danger");
      }
    };
    return h("section", { class: "card card-body" },
      h("label", { class: "form-label", for: "draft-passphrase" }, t("draft_locked")), input,
      h("div", { class: "form-bar" }, button(t("unlock"), () => void open(), { class: "btn btn-primary" }),
        button(t("forget_draft"), () => void this.store.clear().then(() => this.show()), { class: "btn" })));
  }

  // ---- what was sent ----

  private live(): OwnBid | undefined {
    return this.kit.bids.find((bid) => bid.lot_id === this.lot.id && bid.state !== "withdrawn");
  }

  private ownBids(): HTMLElement {
    const bids = this.kit.bids.filter((bid) => bid.lot_id === this.lot.id);
    return h("section", { id: "own-bids" }, bids.length === 0 ? null : h("h2", { class: "mt-4" }, t("own_bids")), ...bids.map((bid) => this.bidCard(bid)));
  }

  private bidCard(bid: OwnBid): HTMLElement {
    const rows = bid.submissions.map(({ submission_id, state, receipt }) =>
      h("li", { class: "bid-version" },
        h("div", null, h("strong", null, receipt.receipt_number), ` · ${t("version", { number: receipt.version })} · ${t(`state_${state}`)}`),
        h("div", { class: "fine" }, `${t("sealed_at")} ${beijing(receipt.sealed_at)}`),
        h("code", { class: "hash" }, receipt.ciphertext_sha256),
        h("div", { class: "row-links" },
          h("a", { href: `/bidding/receipts/${bid.bid_id}/${submission_id}` }, t("receipt")),
          button(t("receipt_file"), () => this.saveReceipt(receipt), { class: "btn btn-sm" }),
          h("a", { href: `/api/v1/bids/${bid.bid_id}/submissions/${submission_id}/ciphertext`, download: "" }, t("sealed_file")))));
    return h("div", { class: "card card-body mb-3", "data-bid": bid.bid_id },
      h("p", { class: "fw-bold" }, bid.state_label, bid.reason ? ` · ${bid.reason}` : ""), h("ul", { class: "bid-versions" }, ...rows),
      bid.state === "sealed" && this.isOpen() ? button(t("withdraw"), () => void this.withdraw(bid), { class: "btn btn-outline-danger" }) : null,
      bid.withdrawal ? h("p", { class: "fine" }, `${t("withdrawn_at")} ${beijing(String(bid.withdrawal["withdrawn_at"]))} · ${String(bid.withdrawal["receipt_number"])}`) : null);
  }

  private saveReceipt(receipt: Receipt): void {
    download(new Blob([JSON.stringify(receipt, null, 2)], { type: "application/json" }), `${receipt.receipt_number}.json`);
  }

  private async withdraw(bid: OwnBid): Promise<void> {
    if (!window.confirm(t("withdraw_sure"))) return;
    try {
      await call("PUT", `/bids/${bid.bid_id}/withdrawal`, { json: {} });
      await this.store.note({});
      await this.reload();
      toast(t("withdrawn"), "success");
    } catch (error) {
      this.failed(error);
    }
  }

  private async reload(): Promise<void> {
    this.kit = await call<Kit>("GET", `/tenders/${this.kit.tender.id}/bidding`);
    await this.show();
  }

  // ---- the form ----

  private writing(): HTMLElement {
    if (!this.kit.is_open) return h("p", { class: "note tone-neutral" }, t("not_open"));
    const summary = h("div", { id: "bid-findings", "aria-live": "polite" });
    const saved = h("span", { class: "fine", id: "bid-saved" }, this.draft.saved_at ? t("saved_at", { time: beijing(this.draft.saved_at) }) : t("not_saved"));
    const changed = (): void => {
      window.clearTimeout(this.timer);
      saved.textContent = t("saving");
      this.timer = window.setTimeout(() => void this.saveNow(), SAVE_MS);
    };
    const form = formOf(this.kit, this.lot, this.draft, changed, () => void this.saveNow().then(() => this.draw()));
    const live = this.live();
    const sealButton = button(live ? t("replace") : t("seal"), () => void this.submit(summary), { class: "btn btn-primary", id: "bid-seal" });
    return h("section", { id: "bid-form" },
      this.lot.refusal ? h("p", { class: "note tone-danger", role: "alert" }, this.lot.refusal) : null,
      form,
      this.lockBox(),
      summary,
      h("div", { class: "form-bar" }, sealButton,
        button(t("check"), () => this.showFindings(summary, check(this.kit, this.lot, this.draft)), { class: "btn" }),
        button(t("package_file"), () => this.savePackage(), { class: "btn" }), saved),
      h("progress", { id: "bid-progress", max: "1", value: "0", hidden: true, class: "bar", "aria-label": t("sending") }));
  }

  private lockBox(): HTMLElement {
    if (this.store.isLocked) return h("p", { class: "fine" }, t("draft_is_locked"));
    const input = h("input", { type: "password", class: "form-control", id: "draft-lock", autocomplete: "new-password" });
    const lock = async (): Promise<void> => {
      if (input.value.length < 8) return toast(t("passphrase_short", { least: 8 }), "danger");
      await this.store.lock(input.value, this.draft);
      await this.show();
    };
    return h("details", { class: "card card-body mb-3" }, h("summary", null, t("lock_draft")), h("p", { class: "fine" }, t("lock_help")),
      h("label", { class: "form-label", for: "draft-lock" }, t("passphrase")), input,
      h("div", { class: "mt-2" }, button(t("lock"), () => void lock(), { class: "btn" })));
  }

  private async saveNow(): Promise<void> {
    window.clearTimeout(this.timer);
    const saved = document.getElementById("bid-saved");
    if (!saved) return;
    try {
      await this.store.save(this.draft);
      saved.textContent = t("saved_at", { time: beijing(this.now()) });
    } catch {
      saved.textContent = t("save_failed");
    }
  }

  private showFindings(place: HTMLElement, found: Finding[]): boolean {
    const refused = found.filter((one) => one.severity === "refused");
    const line = (one: Finding): HTMLElement => h("li", null, t(`check_${one.code}`, { place: one.place ?? "" }));
    const box = (tone: string, title: string, list: Finding[]): HTMLElement | null =>
      list.length === 0 ? null : h("div", { class: `note tone-${tone}`, role: "alert" }, h("div", null, h("div", { class: "fw-bold" }, title), h("ul", null, ...list.map(line))));
    const warned = found.filter((one) => one.severity === "warned");
    place.replaceChildren();
    for (const one of [box("danger", t("refused"), refused), box("warning", t("warned"), warned)]) if (one) place.append(one);
    if (found.length === 0) place.append(h("p", { class: "note tone-success" }, t("all_well")));
    return refused.length === 0;
  }

  private async bidId(): Promise<string> {
    const live = this.live();
    if (live) return live.bid_id;
    const noted = (await this.store.noted()).bid_id;
    if (noted && !this.kit.bids.some((bid) => bid.bid_id === noted)) return noted;
    const made = newId();
    await this.store.note({ bid_id: made });
    return made;
  }

  private async savePackage(): Promise<void> {
    const text = JSON.stringify(bidDocument(this.kit, this.lot, this.draft, await this.bidId(), new Date(this.now())), null, 2);
    download(new Blob([text], { type: "application/json" }), `${this.kit.tender.number}-${this.lot.number}.json`);
  }

  private async submit(summary: HTMLElement): Promise<void> {
    const found = check(this.kit, this.lot, this.draft);
    if (!this.showFindings(summary, found)) return summary.scrollIntoView({ block: "center" });
    if (found.length > 0 && !window.confirm(t("despite_warnings"))) return;
    const progress = document.querySelector<HTMLProgressElement>("#bid-progress");
    const sealButton = document.querySelector<HTMLButtonElement>("#bid-seal");
    if (this.busy || !progress || !sealButton) return;
    this.busy = sealButton.disabled = true;
    progress.hidden = false;
    try {
      await this.saveNow();
      const bidId = await this.bidId();
      const plain = new TextEncoder().encode(JSON.stringify(bidDocument(this.kit, this.lot, this.draft, bidId, new Date(this.now()))));
      sealButton.textContent = t("sealing");
      const sealed = await seal(plain, this.kit.recipients);
      if (sealed.size > this.kit.most_bytes) throw new Error(t("too_large", { most: Math.floor(this.kit.most_bytes / 1048576) }));
      sealButton.textContent = t("sending");
      const address = `/tenders/${this.kit.tender.id}/bid-ciphertexts/${sealed.ciphertext_sha256}`;
      await call("PUT", address, { bytes: sealed.ciphertext, progress: (share) => (progress.value = share) });
      const { ciphertext, ...rest } = sealed;
      const body = { tender_id: this.kit.tender.id, lot_id: this.lot.id, device: await device(), ...rest };
      const path = `/bids/${bidId}/submissions/${newId()}`;
      const answer = await this.patiently(() => call<{ receipt: Receipt }>("PUT", path, { json: body }));
      const own = await sha256(ciphertext);
      if (answer.receipt.ciphertext_sha256 !== own) throw new Error(t("receipt_differs"));
      this.busy = false;
      await this.reload();
      toast(t("submitted", { number: answer.receipt.receipt_number }), "success");
      document.getElementById("own-bids")?.scrollIntoView();
    } catch (error) {
      this.failed(error, summary);
    } finally {
      this.busy = false;
      progress.hidden = true;
      if (sealButton.isConnected) sealButton.textContent = this.live() ? t("replace") : t("seal");
      this.tick();
    }
  }

  /** The same submission again under the same name: where the answer was lost, the receipt is the one already given. */
  private async patiently<T>(send: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await send();
      } catch (error) {
        if (!(error instanceof NoAnswer) || tries >= 4) throw error;
        await new Promise((resolve) => window.setTimeout(resolve, 1000 * 2 ** tries));
      }
    }
  }

  private failed(error: unknown, place?: HTMLElement): void {
    const text = error instanceof NoAnswer ? t("no_answer") : error instanceof Error ? error.message : String(error);
    if (place) place.replaceChildren(h("div", { class: "note tone-danger", role: "alert" }, text));
    else toast(text, "danger");
    if (error instanceof Refusal && error.body["rule"] === "other_officers") window.setTimeout(() => location.reload(), 4000);
  }
}

const device = async (): Promise<string> => {
  const known = localStorage.getItem("houqin-device");
  if (known) return known;
  const made = crypto.randomUUID();
  localStorage.setItem("houqin-device", made);
  return made;
};

export const start = async (place: HTMLElement): Promise<void> => {
  const before = Date.now();
  try {
    const kit = await call<Kit>("GET", `/tenders/${place.dataset["tender"] ?? ""}/bidding`);
    const page = new Page(place, kit, Math.round((before + Date.now()) / 2));
    await page.show();
    window.setInterval(() => page.tick(), 1000);
  } catch (error) {
    place.replaceChildren(h("div", { class: "note tone-danger", role: "alert" }, error instanceof Error ? error.message : String(error)));
  }
};
