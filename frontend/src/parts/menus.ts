// <details data-menu> opens by itself; this closes it the way people expect of a menu. Notes close too.

const openMenus = (): HTMLDetailsElement[] => [...document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open]")];

export const start = (): void => {
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-removes-note]")) {
      event.target.closest("[data-note]")?.remove();
    }
    for (const menu of openMenus()) {
      if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
      else if (event.target instanceof Element && event.target.closest("[data-closes]")) {
        menu.open = false;
        menu.querySelector("summary")?.focus();
      }
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = openMenus().at(-1);
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
};
