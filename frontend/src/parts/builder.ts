// The form builder: rows are dragged by their handle, editors open beside the sheet. The arrows and the editors' own
// pages do the same without this file; every change is one request that brings the whole sheet back, checked again.

import htmx from "htmx.org";

const PLACE = { target: "#content", select: "#content", swap: "outerHTML show:none" } as const;

// --- editors in a panel -----------------------------------------------------------------------------------------

let opener: string | null = null;

const shell = (): HTMLElement | null => document.getElementById("builder-shell");

const showEditor = (): void => {
  const panel = shell();
  const editor = panel?.querySelector<HTMLElement>("[data-editor]");
  if (!panel || !editor) return;
  const title = panel.querySelector<HTMLElement>("#builder-title");
  if (title) title.textContent = editor.dataset.editor ?? "";
  panel.hidden = false;
  document.documentElement.classList.add("has-builder-panel");
  const first = editor.querySelector<HTMLElement>("[data-error-summary], [aria-invalid='true'], input:not([type='hidden']), textarea, select");
  (first ?? title)?.focus();
};

const closeEditor = (): void => {
  const panel = shell();
  if (!panel || panel.hidden) return;
  panel.hidden = true;
  document.documentElement.classList.remove("has-builder-panel");
  panel.querySelector("#builder-panel")?.replaceChildren();
  if (opener) document.getElementById(opener)?.focus();
  opener = null;
};

const openEditor = (link: HTMLAnchorElement): void => {
  opener = link.id || null;
  void htmx.ajax("get", link.href, { source: link, target: "#builder-panel", select: "#editor", swap: "innerHTML" });
};

const listenForEditors = (): void => {
  // Before htmx's own listener on the link, which would put the editor's page over the sheet.
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest<HTMLAnchorElement>("a[data-opens-editor]");
    if (link && shell()) {
      event.preventDefault();
      event.stopPropagation();
      openEditor(link);
      return;
    }
    const cancels = event.target.closest("#builder-panel .form-bar a, [data-closes-editor]");
    if (cancels && shell()) {
      event.preventDefault();
      event.stopPropagation();
      closeEditor();
    }
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("details[data-menu][open]")) closeEditor();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target instanceof Element && event.target.matches("#builder-panel, #builder-panel > [data-editor]")) showEditor();
  });
  // The sheet came back whole: the panel that was open belonged to the old one.
  document.addEventListener("htmx:afterSwap", () => {
    const panel = shell();
    if (!panel || panel.hidden) document.documentElement.classList.remove("has-builder-panel");
  });
};

// --- dragging ---------------------------------------------------------------------------------------------------

interface Drop {
  body: HTMLElement;
  before: HTMLElement | null;
}

const rowsOf = (body: HTMLElement): HTMLElement[] => [...body.querySelectorAll<HTMLElement>("tr[data-item]")];

const dropAt = (x: number, y: number, dragged: HTMLElement): Drop | null => {
  const under = document.elementFromPoint(x, y);
  const body = under?.closest<HTMLElement>("tbody[data-section]");
  if (!body || !under) return null;
  const row = under.closest<HTMLElement>("tr[data-item]");
  if (!row) {
    // On the section's heading: its first place. On the line below its items: its last.
    return { body, before: under.closest(".form-section") ? (rowsOf(body).find((one) => one !== dragged) ?? null) : null };
  }
  const box = row.getBoundingClientRect();
  if (y < box.top + box.height / 2) return { body, before: row };
  const rows = rowsOf(body);
  return { body, before: rows[rows.indexOf(row) + 1] ?? null };
};

const clearMarks = (): void => {
  for (const marked of document.querySelectorAll(".is-drop-before, .is-drop-end")) {
    marked.classList.remove("is-drop-before", "is-drop-end");
  }
};

const mark = (drop: Drop | null): void => {
  clearMarks();
  if (!drop) return;
  if (drop.before) drop.before.classList.add("is-drop-before");
  else drop.body.querySelector(".form-add")?.classList.add("is-drop-end");
};

const send = (row: HTMLElement, drop: Drop): void => {
  const others = rowsOf(drop.body).filter((one) => one !== row);
  const at = drop.before && drop.before !== row ? others.indexOf(drop.before) : -1;
  let position = at < 0 ? others.length : at;
  if (drop.before === row) {
    const rows = rowsOf(drop.body);
    position = rows.indexOf(row);
  }
  const version = document.querySelector<HTMLInputElement>("#arrange input[name='version']")?.value ?? "";
  const values = { version, section: drop.body.dataset.section ?? "", position: String(position) };
  void htmx.ajax("post", row.dataset.move ?? "", { values, ...PLACE });
};

const startDrag = (handle: HTMLElement, event: PointerEvent): void => {
  const row = handle.closest<HTMLElement>("tr[data-item]");
  if (!row || event.button !== 0) return;
  event.preventDefault();
  let drop: Drop | null = null;
  let moved = false;
  handle.setPointerCapture(event.pointerId);
  row.classList.add("is-dragged");
  const move = (step: PointerEvent): void => {
    moved = true;
    const edge = 60;
    if (step.clientY < edge) window.scrollBy(0, -16);
    else if (step.clientY > window.innerHeight - edge) window.scrollBy(0, 16);
    drop = dropAt(step.clientX, step.clientY, row);
    mark(drop);
  };
  const end = (): void => {
    handle.removeEventListener("pointermove", move);
    row.classList.remove("is-dragged");
    clearMarks();
  };
  const release = (): void => {
    end();
    if (moved && drop) send(row, drop);
  };
  handle.addEventListener("pointermove", move);
  handle.addEventListener("pointerup", release, { once: true });
  handle.addEventListener("pointercancel", end, { once: true });
};

export const start = (): void => {
  listenForEditors();
  document.addEventListener("pointerdown", (event) => {
    const handle = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-handle]") : null;
    if (handle) startDrag(handle, event);
  });
};
