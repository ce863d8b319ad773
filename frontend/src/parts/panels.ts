// The navigation on small screens and the help text are panels that a plain link opens through :target. Here they
// become proper disclosures: no entry in the history, Escape closes, the focus goes in and comes back.

const OPEN = "is-open";

export const start = (): void => {
  let opener: HTMLElement | null = null;

  const close = (panel: HTMLElement): void => {
    panel.classList.remove(OPEN);
    for (const control of controls(panel.id)) control.setAttribute("aria-expanded", "false");
    opener?.focus();
    opener = null;
  };
  const open = (panel: HTMLElement, from: HTMLElement): void => {
    for (const other of document.querySelectorAll<HTMLElement>(`[data-panel].${OPEN}`)) close(other);
    panel.classList.add(OPEN);
    for (const control of controls(panel.id)) control.setAttribute("aria-expanded", "true");
    opener = from;
    panel.focus();
  };
  const controls = (id: string): HTMLElement[] => [
    ...document.querySelectorAll<HTMLElement>(`[data-opens-panel][href="#${id}"]`),
  ];

  for (const control of document.querySelectorAll<HTMLElement>("[data-opens-panel]")) {
    control.setAttribute("role", "button");
    control.setAttribute("aria-expanded", "false");
    control.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      control.click();
    });
  }

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const control = event.target.closest<HTMLElement>("[data-opens-panel]");
    if (control) {
      const panel = document.querySelector<HTMLElement>(control.getAttribute("href") ?? "");
      if (!panel) return;
      event.preventDefault();
      if (panel.classList.contains(OPEN)) close(panel);
      else open(panel, control);
      return;
    }
    for (const panel of document.querySelectorAll<HTMLElement>(`[data-panel].${OPEN}`)) {
      const closes = event.target.closest("[data-closes-panel]");
      if (closes) event.preventDefault();
      if (closes || !panel.contains(event.target)) close(panel);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll<HTMLElement>(`[data-panel].${OPEN}`).forEach(close);
  });
};
