// Elements without a framework: made once, replaced where something changed.

export type Child = Node | string | null | undefined | false;

type Listeners = { [K in keyof HTMLElementEventMap as `on${K}`]?: (event: HTMLElementEventMap[K]) => void };
type Props = Listeners & { class?: string; [attribute: string]: unknown };

export const h = <K extends keyof HTMLElementTagNameMap>(tag: K, props: Props | null = null, ...children: Child[]): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (name === "class") element.className = String(value);
    else if (name === "value") (element as unknown as HTMLInputElement).value = String(value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return element;
};

/** Put these in, and leave alone what is the same already: a tap under way must not lose its button. */
export const refill = (parent: Element, children: Element[]): void => {
  const old = [...parent.children];
  children.forEach((child, index) => {
    const before = old[index];
    if (!before) parent.append(child);
    else if (!before.isEqualNode(child)) before.replaceWith(child);
  });
  for (const rest of old.slice(children.length)) rest.remove();
};

export const button = (label: Child, onclick: () => void, options: { class?: string; [attribute: string]: unknown } = {}): HTMLButtonElement =>
  h("button", { type: "button", ...options, onclick }, label);

const SECONDS = 5;

export const toast = (message: string, kind: "info" | "danger" | "success" = "info"): void => {
  const place = document.getElementById("toasts");
  if (!place) return;
  const box = h("div", { class: `toast is-${kind}` }, message);
  place.append(box);
  window.setTimeout(() => box.remove(), (kind === "danger" ? 3 : 1) * SECONDS * 1000);
};

/** A question in a dialog; the label of the button that was pressed, or null. */
export const ask = (title: string, body: Child[], choices: { label: string; class?: string; value: string }[]): Promise<string | null> =>
  new Promise((resolve) => {
    const id = `ask-${Math.random().toString(36).slice(2)}`;
    const dialog = h("dialog", { class: "ask", "aria-labelledby": id }, h("h2", { id }, title), ...body);
    const buttons = choices.map(({ label, value, ...rest }) => button(label, () => dialog.close(value), { class: rest.class ?? "button" }));
    dialog.append(h("div", { class: "row" }, ...buttons));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue || null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });

export const download = (blob: Blob, name: string): void => {
  const url = URL.createObjectURL(blob);
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
};
