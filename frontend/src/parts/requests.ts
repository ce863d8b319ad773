import htmx from "htmx.org";

import { text } from "./texts";
import { toast } from "./toast";

export const csrfToken = (): string => document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";

export const start = (): void => {
  // The content security policy allows neither eval nor inline styles; pages may hold personal data, so none is
  // kept in the browser's storage for going back.
  htmx.config.allowEval = false;
  htmx.config.includeIndicatorStyles = false;
  htmx.config.selfRequestsOnly = true;
  htmx.config.allowScriptTags = false;
  htmx.config.historyCacheSize = 0;
  htmx.config.refreshOnHistoryMiss = true;
  // A refused form comes back with its messages (409, 422) and must be shown like any answer.
  htmx.config.responseHandling = [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "409|422", swap: true },
    { code: "...", swap: false, error: true },
  ];

  document.addEventListener("htmx:configRequest", (event) => {
    const { headers } = (event as CustomEvent<{ headers: Record<string, string> }>).detail;
    headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:sendError", () => toast(text("offline"), "danger"));
  document.addEventListener("htmx:responseError", () => toast(text("failed"), "danger"));
};
