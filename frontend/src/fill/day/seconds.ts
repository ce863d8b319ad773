// Second people who signed in on this phone beforehand. The token of each may say one thing only (that they saw a delivery) and
// lies here sealed with a key drawn from its owner's password: nobody else can use it, network or not.

import { call, newToken } from "../api";
import { t } from "../messages";
import { keepSetting, setting } from "../store";
import type { Identity } from "../types";

const SCOPES = ["school:offline_records:confirm"];
const DAYS = 30;
const ROUNDS = 600_000; // of PBKDF2-SHA-256
const MOST_TRIES = 5;

export interface Second {
  person_id: string;
  name: string;
  expires_at: string;
  salt: ArrayBuffer;
  iv: ArrayBuffer;
  sealed: ArrayBuffer;
  tries: number;
}

interface Whose {
  person: { id: string; name: string };
  bureau: { id: number };
  school: { id: number };
}

export class OtherSchool extends Error {}
export class SamePerson extends Error {}

const place = (person: Identity): string => `seconds-${person.bureau_id}-${person.school_id ?? 0}`;

export const seconds = async (person: Identity): Promise<Second[]> => {
  const kept = (await setting(place(person))) as Second[] | undefined;
  return (kept ?? []).filter((one) => one.person_id !== person.person_id && Date.parse(one.expires_at) > Date.now());
};

const keep = async (person: Identity, change: (all: Second[]) => Second[]): Promise<void> => {
  const kept = ((await setting(place(person))) as Second[] | undefined) ?? [];
  await keepSetting(place(person), change(kept));
};

const keyOf = async (password: string, salt: BufferSource): Promise<CryptoKey> => {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(password), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
};

/** Needs the network, once in thirty days. Raises Refused, Unreachable, OtherSchool, SamePerson. */
export const addSecond = async (person: Identity, username: string, password: string, code: string): Promise<Second> => {
  const made = await newToken({
    username, password, code: code || null, name: t("second_device"), scopes: SCOPES, days: DAYS,
    scope: `school-${person.bureau_id}-${person.school_id ?? 0}`,
  });
  const whose = await call<Whose>(made.token, "GET", "/fill/second-person");
  if (whose.bureau.id !== person.bureau_id || whose.school.id !== person.school_id) throw new OtherSchool();
  if (whose.person.id === person.person_id) throw new SamePerson();
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(password, salt), new TextEncoder().encode(made.token));
  const second: Second = {
    person_id: whose.person.id, name: whose.person.name, expires_at: made.expires_at, salt: salt.buffer, iv: iv.buffer, sealed, tries: 0,
  };
  await keep(person, (all) => [...all.filter((one) => one.person_id !== second.person_id), second]);
  return second;
};

/** The token goes from this phone; its owner may end it in their profile. */
export const removeSecond = (person: Identity, id: string): Promise<void> => keep(person, (all) => all.filter((one) => one.person_id !== id));

/** The second person's token, or null where the password is not theirs. After five wrong ones they must sign in again. */
export const unsealed = async (person: Identity, second: Second, password: string): Promise<string | null> => {
  const tries = second.tries + 1; // written down before it is tried
  await keep(person, (all) =>
    tries >= MOST_TRIES ? all.filter((one) => one.person_id !== second.person_id) : all.map((one) => (one.person_id === second.person_id ? { ...one, tries } : one)),
  );
  try {
    const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: second.iv }, await keyOf(password, second.salt), second.sealed);
    await keep(person, (all) => [...all.filter((one) => one.person_id !== second.person_id), { ...second, tries: 0 }]);
    return new TextDecoder().decode(opened);
  } catch {
    second.tries = tries;
    return null;
  }
};
