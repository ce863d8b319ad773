// Writing with a finger. Kept on the canvas only until it is saved as PNG.

import { h } from "./dom";

const RATIO = 2; // pixels per CSS pixel: sharp on paper, small on disk
const WIDTH = 560;
const HEIGHT = 200;
const ENOUGH = 12; // points; fewer is a touch, not a signature

export interface Pad {
  canvas: HTMLCanvasElement;
  isSigned(): boolean;
  clear(): void;
}

export const signaturePad = (label: string): Pad => {
  const canvas = h("canvas", { class: "pad", width: WIDTH * RATIO, height: HEIGHT * RATIO, role: "img", "aria-label": label });
  const context = canvas.getContext("2d");
  let points = 0;
  const clear = (): void => {
    points = 0;
    if (!context) return;
    context.fillStyle = "#ffffff"; // black on white in dark mode too: it is printed
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.strokeStyle = "#101010";
    context.lineWidth = 3 * RATIO;
    context.lineCap = "round";
    context.lineJoin = "round";
  };
  const at = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    context?.beginPath();
    context?.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!context || event.buttons === 0) return;
    context.lineTo(...at(event));
    context.stroke();
    points += 1;
  });
  clear();
  return { canvas, isSigned: () => points >= ENOUGH, clear };
};
