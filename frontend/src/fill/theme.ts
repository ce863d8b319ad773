// Light, dark, or as the phone says. Only a matter of looks, so localStorage will do; it may fail without harm.

export type Theme = "auto" | "light" | "dark";

const NAME = "houqin-fill-theme";

export const theme = (): Theme => {
  try {
    const kept = localStorage.getItem(NAME);
    return kept === "light" || kept === "dark" ? kept : "auto";
  } catch {
    return "auto";
  }
};

export const applyTheme = (): void => {
  document.documentElement.dataset["theme"] = theme();
};

export const chooseTheme = (chosen: Theme): void => {
  try {
    localStorage.setItem(NAME, chosen);
  } catch {
    // then it lasts as long as the page
  }
  document.documentElement.dataset["theme"] = chosen;
};
