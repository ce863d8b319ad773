// The public page of a paper: compares a file on this computer with the paper's hash. Nothing is sent anywhere.

const hexadecimal = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const start = (): void => {
  const panel = document.querySelector<HTMLElement>("[data-verify]");
  const input = panel?.querySelector<HTMLInputElement>("input[type=file]");
  const answer = panel?.querySelector<HTMLElement>("[role=status]");
  if (!panel || !input || !answer) return;
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    answer.textContent = "";
    if (!file) return;
    const same = hexadecimal(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())) === panel.dataset["verify"];
    answer.className = same ? "text-success fw-bold" : "text-danger fw-bold";
    answer.textContent = (same ? answer.dataset["same"] : answer.dataset["other"]) ?? "";
  });
};
