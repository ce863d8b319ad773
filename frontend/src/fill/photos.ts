// A photo as evidence: re-encoded at once (a camera's File may vanish or break in the database), hashed at capture,
// with the time and the place where the phone knew it.

import { sha256 } from "./digest";
import { newId, nowText } from "./ids";
import { lastPlace } from "./place";
import type { AttachmentRow } from "./types";

const LONGEST_SIDE = 1600; // pixels
const THUMB_SIDE = 160;
const QUALITY = 0.8;

export class NotAPicture extends Error {}

const asImage = (file: Blob): Promise<HTMLImageElement> =>
  new Promise((resolve, reject) => {
    const image = new Image();
    const url = URL.createObjectURL(file);
    image.onload = () => {
      URL.revokeObjectURL(url);
      resolve(image);
    };
    image.onerror = () => {
      URL.revokeObjectURL(url);
      reject(new NotAPicture());
    };
    image.src = url;
  });

const decode = async (file: Blob): Promise<ImageBitmap | HTMLImageElement> => {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return asImage(file); // older browsers turn a picture upright only in an <img>
  }
};

const drawn = (source: ImageBitmap | HTMLImageElement, side: number): HTMLCanvasElement => {
  const scale = Math.min(1, side / Math.max(source.width, source.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(source.width * scale));
  canvas.height = Math.max(1, Math.round(source.height * scale));
  const context = canvas.getContext("2d");
  if (!context) throw new NotAPicture();
  context.fillStyle = "#ffffff"; // JPEG has no transparency; without this it turns black
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
};

export const encoded = async (canvas: HTMLCanvasElement, mime: string, quality?: number): Promise<ArrayBuffer> => {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, mime, quality));
  if (!blob || blob.type !== mime) throw new NotAPicture();
  return blob.arrayBuffer();
};

export const takePhoto = async (file: Blob, submission: string, key: string): Promise<{ row: AttachmentRow; bytes: ArrayBuffer }> => {
  const takenAt = nowText();
  const picture = await decode(file);
  const bytes = await encoded(drawn(picture, LONGEST_SIDE), "image/jpeg", QUALITY);
  const thumb = await encoded(drawn(picture, THUMB_SIDE), "image/jpeg", QUALITY);
  if ("close" in picture) picture.close();
  return {
    bytes,
    row: {
      id: newId(), submission, sha256: await sha256(bytes), size: bytes.byteLength, mime: "image/jpeg", key, purpose: "photo",
      signer: "", taken_at: takenAt, place: lastPlace(), uploaded: false, remote: false, thumb,
    },
  };
};

export const signatureOf = async (canvas: HTMLCanvasElement, submission: string, signer: string): Promise<{ row: AttachmentRow; bytes: ArrayBuffer }> => {
  const bytes = await encoded(canvas, "image/png");
  return {
    bytes,
    row: {
      id: newId(), submission, sha256: await sha256(bytes), size: bytes.byteLength, mime: "image/png", key: "", purpose: "signature",
      signer, taken_at: nowText(), place: lastPlace(), uploaded: false, remote: false, thumb: null,
    },
  };
};
