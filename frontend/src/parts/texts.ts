// The page carries its own words (translated by the server), so that none is written here.

let texts: Record<string, string> | undefined;

export const text = (name: string): string => {
  texts ??= JSON.parse(document.getElementById("page-texts")?.textContent ?? "{}") as Record<string, string>;
  return texts[name] ?? "";
};
