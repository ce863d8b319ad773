// The public page of a tender's published hashes: compares a sealed file or a receipt on this computer with the list.
// Nothing is sent anywhere.

interface Listed {
  lot: number;
  receipt_number: string;
  ciphertext_sha256: string;
  shares_sha256: string;
  sealed_at: string;
}

const hexadecimal = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

const digest = async (bytes: ArrayBuffer): Promise<string> => hexadecimal(await crypto.subtle.digest("SHA-256", bytes));

const panel = document.querySelector<HTMLElement>("[data-bid-verify]");
const input = panel?.querySelector<HTMLInputElement>("input[type=file]");
const place = panel?.querySelector<HTMLElement>("[role=status]");

const texts = (): Record<string, string> => JSON.parse(document.getElementById("bid-texts")?.textContent ?? "{}") as Record<string, string>;
const listed = (): Listed[] => JSON.parse(document.getElementById("bid-hashes")?.textContent ?? "[]") as Listed[];

const say = (key: string, tone: "success" | "danger", values: Record<string, string | number> = {}): void => {
  if (!place) return;
  place.className = `note tone-${tone}`;
  place.hidden = false;
  place.textContent = (texts()[key] ?? key).replace(/\{(\w+)\}/g, (_whole, name: string) => String(values[name] ?? ""));
};

const beijing = (instant: string): string =>
  new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: "Asia/Shanghai" }).format(new Date(instant));

const receipt = (text: string): Partial<Listed> & { format?: string } => {
  try {
    return JSON.parse(text) as Partial<Listed>;
  } catch {
    return {};
  }
};

const compare = async (file: File): Promise<void> => {
  const bytes = await file.arrayBuffer();
  const paper = bytes.byteLength < 100_000 ? receipt(new TextDecoder().decode(bytes)) : {};
  if ("format" in paper && paper.format === "houqin-receipt-1") {
    const found = listed().find((one) => one.receipt_number === paper.receipt_number);
    if (!found) return say("receipt_unknown", "danger", { receipt: String(paper.receipt_number ?? "") });
    const same = found.ciphertext_sha256 === paper.ciphertext_sha256 && found.shares_sha256 === paper.shares_sha256 && found.sealed_at === paper.sealed_at;
    return say(same ? "receipt_same" : "receipt_differs_list", same ? "success" : "danger", { receipt: found.receipt_number, time: beijing(found.sealed_at), lot: found.lot });
  }
  const hash = await digest(bytes);
  const found = listed().find((one) => one.ciphertext_sha256 === hash);
  if (found) say("file_same", "success", { receipt: found.receipt_number, time: beijing(found.sealed_at), lot: found.lot });
  else say("file_unknown", "danger", { hash });
};

const recompute = async (): Promise<void> => {
  const shown = document.querySelector<HTMLElement>("[data-list-digest]");
  const source = document.getElementById("bid-list")?.textContent;
  if (!shown || !source) return;
  const own = await digest(new TextEncoder().encode(JSON.parse(source) as string).buffer as ArrayBuffer);
  const same = own === shown.dataset["listDigest"];
  shown.textContent = (same ? texts()["digest_same"] : texts()["digest_differs"]) ?? "";
  shown.className = same ? "text-success" : "text-danger";
};

input?.addEventListener("change", () => {
  const file = input.files?.[0];
  if (file) void compare(file);
});
panel?.addEventListener("dragover", (event) => event.preventDefault());
panel?.addEventListener("drop", (event) => {
  event.preventDefault();
  const file = event.dataTransfer?.files[0];
  if (file) void compare(file);
});
void recompute();
