// What the service's language does with texts and truth where this one differs: both engines must read an answer alike.

const BLANKS = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const AT_ENDS = new RegExp(`^${BLANKS}|${BLANKS}$`, "g");

/** `trim` takes other characters for blank. */
export const strip = (text: string): string => text.replace(AT_ENDS, "");

/** At most this many characters, counted as code points. */
export const cut = (text: string, limit: number): string =>
  text.length <= limit ? text : Array.from(text).slice(0, limit).join("");

/** By code points: `<` on strings compares UTF-16 units, which puts rare characters elsewhere. */
export const byCodePoint = (a: string, b: string): number => {
  const [first, second] = [Array.from(a), Array.from(b)];
  for (let place = 0; place < first.length && place < second.length; place += 1) {
    const difference = (first[place]?.codePointAt(0) ?? 0) - (second[place]?.codePointAt(0) ?? 0);
    if (difference) return difference;
  }
  return first.length - second.length;
};

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An empty list or object says no. */
export const isTruthy = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value) ? Object.keys(value).length > 0 : Boolean(value);
};
