// Seals, unlocks and combines for programs on the server's machine (demo data, tests): one JSON document on standard
// input, one on standard output. The same code as the pages'. Run by bureau.bids.sealing.

import { combined, fromBase64, newOfficerKey, openShare, seal, toBase64, unlock, type Seat } from "./seal";

interface Job {
  seal?: { plaintext: string; recipients: Record<Seat, string> }[]; // plaintext: base64
  keys?: { passphrase: string; work?: number }[];
  unlock?: { identity_ciphertext: string; passphrase: string }[];
  open_shares?: { share: string; identity: string }[];
  combine?: [string, string][];
}

interface Streams {
  stdin: AsyncIterable<Uint8Array>;
  stdout: { write(text: string): void };
}

declare const process: Streams;

const read = async (): Promise<string> => {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of process.stdin) text += decoder.decode(part, { stream: true });
  return text + decoder.decode();
};

const each = async <In, Out>(list: In[] | undefined, work: (one: In) => Promise<Out>): Promise<Out[]> => {
  const done: Out[] = [];
  for (const one of list ?? []) done.push(await work(one));
  return done;
};

const main = async (): Promise<void> => {
  const job = JSON.parse(await read()) as Job;
  const result = {
    seal: await each(job.seal, async ({ plaintext, recipients }) => {
      const { ciphertext, ...rest } = await seal(fromBase64(plaintext), recipients);
      return { ...rest, ciphertext: toBase64(ciphertext) };
    }),
    keys: await each(job.keys, ({ passphrase, work }) => newOfficerKey(passphrase, work)),
    unlock: await each(job.unlock, ({ identity_ciphertext, passphrase }) => unlock(identity_ciphertext, passphrase).catch(() => "")),
    open_shares: await each(job.open_shares, ({ share, identity }) => openShare(share, identity)),
    combine: await each(job.combine, ([one, other]) => combined(one, other).catch(() => "")),
  };
  process.stdout.write(JSON.stringify(result));
};

void main();
