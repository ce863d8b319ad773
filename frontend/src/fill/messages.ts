// The phone's words: its own small table, for the page must speak without the service. Chinese first, English second.

import en from "./messages.en.json";
import zh from "./messages.zh.json";

export type Language = "zh" | "en";

const NAME = "houqin-fill-language";
const TABLES: Record<Language, Record<string, string>> = { zh, en };

let current: Language | null = null;

export const language = (): Language => {
  if (current === null) {
    let kept: string | null = null;
    try {
      kept = localStorage.getItem(NAME);
    } catch {
      // a browser without it speaks Chinese
    }
    current = kept === "en" ? "en" : "zh";
  }
  return current;
};

export const chooseLanguage = (chosen: Language): void => {
  current = chosen;
  try {
    localStorage.setItem(NAME, chosen);
  } catch {
    // then it lasts as long as the page
  }
};

export const t = (key: string, values: Record<string, string | number> = {}): string => {
  const text = TABLES[language()][key] ?? TABLES.zh[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
};
