// The photo after, from the place of the photo before: the old one lies half transparent over the camera's picture.
// Without a camera that a page may open, the plain file input below does the work.

const LONGEST_SIDE = 1600; // pixels
const QUALITY = 0.85;

const said = (form: HTMLElement, words: string): void => {
  const status = form.querySelector("[data-camera-status]");
  if (status) status.textContent = words;
};

const picture = async (video: HTMLVideoElement): Promise<Blob | null> => {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(video.videoWidth * scale));
  canvas.height = Math.max(1, Math.round(video.videoHeight * scale));
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
};

const send = async (form: HTMLFormElement, photo: Blob): Promise<void> => {
  const body = new FormData(form);
  body.set("photo", photo, "photo.jpg");
  const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, redirect: "follow" });
  if (answer.ok) {
    location.assign(answer.url);
    return;
  }
  const refusal = answer.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : "";
  throw new Error(refusal);
};

const open = async (form: HTMLFormElement): Promise<void> => {
  const view = form.querySelector<HTMLElement>("[data-camera-view]");
  const tools = form.querySelector<HTMLElement>("[data-camera-tools]");
  const video = view?.querySelector("video");
  const shoot = form.querySelector<HTMLButtonElement>("[data-camera-shoot]");
  if (!view || !tools || !video || !shoot || !navigator.mediaDevices?.getUserMedia) return;
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 } },
    });
  } catch {
    said(form, form.dataset.textRefused ?? "");
    return;
  }
  const stop = (): void => stream.getTracks().forEach((track) => track.stop());
  addEventListener("pagehide", stop);
  video.srcObject = stream;
  view.hidden = tools.hidden = false;
  const ghost = view.querySelector<HTMLElement>("[data-camera-ghost]");
  const strength = form.querySelector<HTMLInputElement>("[data-camera-strength]");
  const fade = (): void => {
    if (ghost && strength) ghost.style.opacity = String(Number(strength.value) / 100);
  };
  strength?.addEventListener("input", fade);
  fade();
  shoot.addEventListener("click", () => {
    shoot.disabled = true;
    said(form, form.dataset.textSending ?? "");
    void picture(video)
      .then((photo) => (photo ? send(form, photo) : Promise.reject(new Error(""))))
      .catch((error: unknown) => {
        shoot.disabled = false;
        said(form, (error instanceof Error && error.message) || (form.dataset.textFailed ?? ""));
      });
  });
};

export const start = (): void => {
  const form = document.querySelector<HTMLFormElement>("[data-camera]");
  if (form) void open(form);
};
