// Where the phone is, if it may say: watched while a form is open, so that a photo never waits for the satellites.

import type { Place } from "./types";

const FRESH_MS = 120_000;

let last: { place: Place; at: number } | null = null;
let watching: number | null = null;

export const lastPlace = (): Place | null => (last && Date.now() - last.at < FRESH_MS ? last.place : null);

const round = (value: number, places: number): number => Math.round(value * 10 ** places) / 10 ** places;

export const watchPlace = (): void => {
  if (watching !== null || !("geolocation" in navigator)) return;
  watching = navigator.geolocation.watchPosition(
    ({ coords }) => {
      last = {
        place: { latitude: round(coords.latitude, 6), longitude: round(coords.longitude, 6), accuracy: round(coords.accuracy, 1) },
        at: Date.now(),
      };
    },
    () => undefined, // refused or not found: photos go without a place
    { enableHighAccuracy: true, maximumAge: 30_000, timeout: 20_000 },
  );
};

export const stopWatching = (): void => {
  if (watching !== null) navigator.geolocation.clearWatch(watching);
  watching = null;
};
