// Where a price was seen: the place goes along in hidden fields when the person's phone gives it. A form marked
// `data-place` is sent without it just as well.

export const start = (): void => {
  const form = document.querySelector<HTMLFormElement>("form[data-place]");
  if (!form || !("geolocation" in navigator)) return;
  const put = (name: string, value: string): void => {
    const input = form.querySelector<HTMLInputElement>(`input[name="${name}"]`);
    if (input) input.value = value;
  };
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      put("latitude", coords.latitude.toFixed(6));
      put("longitude", coords.longitude.toFixed(6));
      put("accuracy_m", String(Math.min(Math.round(coords.accuracy), 100_000)));
      const told = form.querySelector<HTMLElement>("[data-place-told]");
      if (told) told.hidden = false;
    },
    () => undefined,
    { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
  );
  put("seen_at", new Date().toISOString());
};
