// Three losses prevented: the same entry sent twice, typed input lost by leaving, an error nobody sees.

const SUBMITTERS = 'button:not([type="button"]):not([type="reset"]), input[type="submit"]';

const release = (form: HTMLFormElement): void => {
  form.removeAttribute("aria-busy");
  for (const button of form.querySelectorAll<HTMLButtonElement>("[data-held]")) {
    button.disabled = false;
    button.removeAttribute("data-held");
  }
};

const hold = (form: HTMLFormElement): void => {
  form.setAttribute("aria-busy", "true");
  const outside = form.id ? [...document.querySelectorAll<HTMLButtonElement>(`button[form="${form.id}"]`)] : [];
  for (const button of [...form.querySelectorAll<HTMLButtonElement>(SUBMITTERS), ...outside]) {
    if (button.disabled) continue;
    button.disabled = true;
    button.setAttribute("data-held", "");
  }
};

const preventDoubleSubmit = (): void => {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form.method !== "post") return;
    if (form.target === "_blank" || "download" in form.dataset) return;
    // The browser reads the pressed button's name after this handler: holding it now would drop it.
    window.setTimeout(() => hold(form), 0);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach(release));
};

const guardUnsaved = (): void => {
  const unsaved = new Set<HTMLFormElement>();
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-guard]")) {
    if (form.querySelector("[aria-invalid='true']")) unsaved.add(form);
  }
  document.addEventListener("input", (event) => {
    const form = event.target instanceof Element ? event.target.closest<HTMLFormElement>("form[data-guard]") : null;
    if (form) unsaved.add(form);
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && event.target instanceof HTMLFormElement) unsaved.delete(event.target);
  });
  window.addEventListener("beforeunload", (event) => {
    for (const form of unsaved) if (!form.isConnected) unsaved.delete(form);
    if (unsaved.size > 0) event.preventDefault();
  });
};

const showErrors = (): void => {
  document.querySelector<HTMLElement>("[data-error-summary]")?.focus();
};

const submitOnChange = (): void => {
  document.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLElement) || !("submits" in event.target.dataset)) return;
    event.target.closest("form")?.requestSubmit();
  });
};

export const start = (): void => {
  preventDoubleSubmit();
  guardUnsaved();
  submitOnChange();
  showErrors();
};
