// What was drawn to be looked at on site.

import type { Filling } from "./filling";

export const sampleCard = (filling: Filling): HTMLElement | null => {
  void filling;
  return null;
};
