type Kind = "success" | "danger" | "info";

const SECONDS = 6;

/** A passing message; read out by screen readers because #toasts is a live region. */
export const toast = (message: string, kind: Kind = "info"): void => {
  const place = document.getElementById("toasts");
  if (!place || !message) return;
  const box = document.createElement("div");
  box.className = `app-toast is-${kind}`;
  box.textContent = message;
  box.addEventListener("click", () => box.remove());
  place.append(box);
  window.setTimeout(() => box.remove(), SECONDS * 1000);
};
