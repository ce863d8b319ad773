// How a bid is sealed, without a page: the same lines run in the bidder's browser, in the officers' and in our tests.
// docs/sealed-bids.md describes it for other programs.

import { armor, Decrypter, Encrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { combine, split } from "shamir-secret-sharing";

export const SEATS = ["procurement", "supervision", "escrow"] as const;
export type Seat = (typeof SEATS)[number];

export interface SealedShare {
  recipient: string;
  sha256: string;
  share: string;
}

export interface Sealed {
  ciphertext: Uint8Array;
  ciphertext_sha256: string;
  size: number;
  recipient: string;
  shares: Record<Seat, SealedShare>;
}

export const PASSPHRASE_LEAST = 12;

const encoder = new TextEncoder();

export const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const sha256 = async (bytes: Uint8Array): Promise<string> =>
  hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)));

const CHUNK = 0x8000;

export const toBase64 = (bytes: Uint8Array): string => {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) parts.push(String.fromCharCode(...bytes.subarray(at, at + CHUNK)));
  return btoa(parts.join(""));
};

export const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** Seals a package: a key of its own, made here and thrown away here; two of the three officers can put it together. */
export const seal = async (plaintext: Uint8Array, recipients: Record<Seat, string>): Promise<Sealed> => {
  const identity = await generateIdentity();
  const recipient = await identityToRecipient(identity);
  const outer = new Encrypter();
  outer.addRecipient(recipient);
  const ciphertext = await outer.encrypt(plaintext);
  const parts = await split(encoder.encode(identity), 3, 2);
  const shares = {} as Record<Seat, SealedShare>;
  for (const [at, seat] of SEATS.entries()) {
    const text = toBase64(parts[at] as Uint8Array);
    const inner = new Encrypter();
    inner.addRecipient(recipients[seat]);
    shares[seat] = {
      recipient: recipients[seat],
      sha256: await sha256(encoder.encode(text)),
      share: armor.encode(await inner.encrypt(text)),
    };
  }
  return { ciphertext, ciphertext_sha256: await sha256(ciphertext), size: ciphertext.length, recipient, shares };
};

/** The bid's key out of two shares (base64). Shares that do not belong together give a text that opens nothing. */
export const combined = async (one: string, other: string): Promise<string> =>
  new TextDecoder().decode(await combine([fromBase64(one), fromBase64(other)]));

/** An officer's share of one bid; "" where the key does not open it. */
export const openShare = async (share: string, identity: string): Promise<string> => {
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return await decrypter.decrypt(armor.decode(share), "text");
  } catch {
    return "";
  }
};

export interface OfficerKey {
  recipient: string;
  identity_ciphertext: string;
}

/** A new key of an officer, its secret half locked under the passphrase before it leaves this function. `work`: of
 *  scrypt, as a power of two; only tests take less. */
export const newOfficerKey = async (passphrase: string, work?: number): Promise<OfficerKey> => {
  const identity = await generateIdentity();
  const encrypter = new Encrypter();
  if (work !== undefined) encrypter.setScryptWorkFactor(work);
  encrypter.setPassphrase(passphrase);
  return { recipient: await identityToRecipient(identity), identity_ciphertext: armor.encode(await encrypter.encrypt(identity)) };
};

export class WrongPassphrase extends Error {}

/** The officer's secret half. Raises WrongPassphrase. */
export const unlock = async (identityCiphertext: string, passphrase: string): Promise<string> => {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(armor.decode(identityCiphertext), "text");
  } catch {
    throw new WrongPassphrase("the passphrase does not open the key");
  }
};

/** A text that was encrypted for the officer, read: proves that the passphrase works. */
export const answer = async (sealed: string, identity: string): Promise<string> => {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(armor.decode(sealed), "text");
};
