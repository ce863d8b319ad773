// The page's frame: who is signed in, which screen is open, what the header and the banners say.

import { button, h } from "./dom";
import { currentPerson, setPerson } from "./store";
import { language, t } from "./messages";
import { Sync, type Status } from "./sync";
import type { Identity } from "./types";
import { Work } from "./work";

export interface Screen {
  element: HTMLElement;
  title: string;
  /** Where "back" leads; null: nowhere. */
  back: string | null;
  close?: () => void;
}

type Opener = (app: App, parts: string[]) => Promise<Screen>;

export class App {
  work: Work | null = null;
  sync: Sync | null = null;
  private screen: Screen | null = null;
  private readonly routes = new Map<string, Opener>();
  private readonly main = h("main", { id: "content", tabindex: "-1" });
  private readonly title = h("h1", {});
  private readonly state = h("span", { class: "state", role: "status" });
  private readonly back = h("a", { class: "back", href: "#/", "aria-label": t("back") }, "‹");
  private readonly banner = h("div", { class: "banner", hidden: true });
  private opening = 0;

  constructor(private readonly root: HTMLElement) {
    this.root.replaceChildren(
      h("header", { class: "top" }, this.back, this.title, this.state, h("a", { class: "more", href: "#/more", "aria-label": t("more") }, "⋯")),
      this.banner,
      this.main,
    );
    window.addEventListener("hashchange", () => void this.open());
  }

  route(name: string, opener: Opener): void {
    this.routes.set(name, opener);
  }

  async start(): Promise<void> {
    document.documentElement.lang = language() === "en" ? "en" : "zh-CN";
    // Without a database there is nobody; the sign-in page says why it cannot be used.
    const person = await currentPerson().catch(() => undefined);
    if (person) this.use(person);
    await this.open();
  }

  /** From here on this person's work is on the screen. */
  use(person: Identity): void {
    this.leave();
    this.work = new Work(person);
    this.sync = new Sync(this.work, (status) => this.show(status));
    this.sync.start();
  }

  leave(): void {
    this.sync?.stop();
    this.work?.close();
    this.work = null;
    this.sync = null;
    this.banner.hidden = true;
    this.state.textContent = "";
  }

  async setToken(token: Pick<Identity, "token" | "token_id" | "expires_at">): Promise<void> {
    if (!this.work) return;
    Object.assign(this.work.person, token);
    await setPerson(this.work.person);
  }

  go(path: string): void {
    if (location.hash === `#${path}`) void this.open();
    else location.hash = path;
  }

  async open(): Promise<void> {
    const turn = ++this.opening;
    const [name = "", ...parts] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
    const known = this.work ? name : name === "more" ? "more" : "sign-in";
    const opener = this.routes.get(known) ?? this.routes.get("");
    if (!opener) return;
    const screen = await opener(this, parts);
    if (turn !== this.opening) return screen.close?.(); // another screen was asked for meanwhile
    this.screen?.close?.();
    this.screen = screen;
    this.title.textContent = screen.title;
    document.title = `${screen.title} · ${t("app_name")}`;
    this.back.hidden = screen.back === null;
    this.back.setAttribute("href", `#${screen.back ?? "/"}`);
    this.main.replaceChildren(screen.element);
    window.scrollTo(0, 0);
  }

  private show(status: Status): void {
    const words = status.running ? t("sending") : status.online === false ? t("offline") : status.online ? t("online") : "";
    if (this.state.textContent !== words) this.state.textContent = words;
    this.state.dataset["state"] = status.running ? "busy" : status.online === false ? "offline" : "online";
    if (status.needs_sign_in) {
      if (!this.banner.hidden && this.banner.dataset["kind"] === "sign-in") return;
      this.banner.dataset["kind"] = "sign-in";
      this.banner.replaceChildren(t("sign_in_again"), button(t("sign_in"), () => this.go("/sign-in"), { class: "button" }));
      this.banner.hidden = false;
    } else if (this.banner.dataset["kind"] === "sign-in") this.banner.hidden = true;
  }
}
