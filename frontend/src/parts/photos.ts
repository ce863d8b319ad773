// A phone's photo weighs megabytes and a school's network is slow: re-encode before sending, show what will be sent.
// An input takes photos one after the other, as a camera gives them; choosing again adds.

import { text } from "./texts";
import { toast } from "./toast";

const LONGEST_SIDE = 1600; // pixels
const QUALITY = 0.8;
const DEFAULT_MOST = 9;

const chosen = new WeakMap<HTMLInputElement, File[]>();
const working = new Set<Promise<void>>();

export const encode = async (file: File): Promise<File> => {
  if (!file.type.startsWith("image/")) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    const context = canvas.getContext("2d");
    if (!context) return file;
    context.fillStyle = "#ffffff"; // JPEG has no transparency; without this it turns black
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (!blob || (scale === 1 && blob.size >= file.size)) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file; // a format this browser cannot read: the server decides
  }
};

const put = (input: HTMLInputElement, files: File[]): void => {
  chosen.set(input, files);
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
  preview(input, files);
};

const preview = (input: HTMLInputElement, files: File[]): void => {
  const place = input.parentElement?.querySelector<HTMLElement>("[data-photo-preview]");
  if (!place) return;
  for (const picture of place.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
  place.replaceChildren(
    ...files.map((file, index) => {
      const item = document.createElement("li");
      item.className = "photo-thumb";
      if (file.type.startsWith("image/")) {
        const picture = document.createElement("img");
        picture.src = URL.createObjectURL(file);
        picture.alt = file.name;
        item.append(picture);
      }
      const note = document.createElement("span");
      note.className = "photo-note";
      note.textContent = `${Math.max(1, Math.round(file.size / 1024))} KB`;
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "photo-remove";
      remove.textContent = "×";
      remove.setAttribute("aria-label", `${text("remove_photo")} ${file.name}`);
      remove.addEventListener("click", () => put(input, files.filter((_, at) => at !== index)));
      item.append(note, remove);
      return item;
    }),
  );
};

const take = async (input: HTMLInputElement): Promise<void> => {
  const most = Number(input.dataset.most ?? DEFAULT_MOST);
  const before = input.multiple ? (chosen.get(input) ?? []) : [];
  const added = [...(input.files ?? [])];
  const encoded: File[] = [];
  for (const file of added) encoded.push(await encode(file)); // one at a time: phones run out of memory
  const all = [...before, ...encoded];
  if (all.length > most) toast(text("too_many_photos").replace("{most}", String(most)), "danger");
  put(input, all.slice(0, most));
};

export const start = (): void => {
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || !("photos" in input.dataset) || !input.files?.length) return;
    const work: Promise<void> = take(input).finally(() => working.delete(work));
    working.add(work);
  });
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (working.size === 0 || !(form instanceof HTMLFormElement) || !form.querySelector("[data-photos]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { submitter } = event;
      void Promise.all(working).then(() => form.requestSubmit(submitter));
    },
    { capture: true },
  );
};
