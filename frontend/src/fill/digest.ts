// SHA-256 as the protocol writes it: lower-case hex, over canonical JSON where JSON is meant.

import type { AnswerJson, Json } from "./types";

const hex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const sha256 = async (bytes: BufferSource): Promise<string> => hex(await crypto.subtle.digest("SHA-256", bytes));

export const sha256Text = (text: string): Promise<string> => sha256(new TextEncoder().encode(text));

const byCodePoint = (one: string, other: string): number => {
  const [left, right] = [[...one], [...other]];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
};

/** Sorted keys, no spaces: the same content always gives the same text. */
export const canonical = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const keys = Object.keys(value).sort(byCodePoint);
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`).join(",")}}`;
  }
  return JSON.stringify(value);
};

export const answerDigest = (answer: AnswerJson | null, remark: string): Promise<string> =>
  sha256Text(canonical({ answer, remark }));

export const manifestDigest = (hashes: Iterable<string>): Promise<string> => sha256Text([...new Set(hashes)].sort().join("\n"));
