// Bids while they are written stay on this computer: in the browser's database, if wished under a passphrase. They are
// never sent anywhere before they are sealed.

import { armor, Decrypter, Encrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { openDB, type DBSchema, type IDBPDatabase } from "idb";

import { emptyDraft, type Draft } from "./bid";
import { unlock } from "./seal";

interface Kept {
  key: string;
  draft?: Draft; // in the clear
  locked?: { identity: string; recipient: string; body: Uint8Array }; // under a passphrase
  bid_id?: string;
  submission?: { id: string; sha256: string }; // begun, not answered: sent again under the same name
}

interface Schema extends DBSchema {
  drafts: { key: string; value: Kept };
}

let opening: Promise<IDBPDatabase<Schema>> | null = null;
const database = (): Promise<IDBPDatabase<Schema>> =>
  (opening ??= openDB<Schema>("houqin-bids", 1, { upgrade: (db) => void db.createObjectStore("drafts", { keyPath: "key" }) }));

export class Store {
  private identity = "";
  private recipient = "";
  private lockedIdentity = "";

  constructor(private readonly key: string) {}

  get isLocked(): boolean {
    return this.lockedIdentity !== "";
  }

  private async row(): Promise<Kept> {
    return (await (await database()).get("drafts", this.key)) ?? { key: this.key };
  }

  /** The draft, or "locked" where a passphrase is needed first. */
  async load(): Promise<Draft | "locked"> {
    const row = await this.row();
    if (row.locked && !this.identity) return "locked";
    if (row.locked) {
      const decrypter = new Decrypter();
      decrypter.addIdentity(this.identity);
      return JSON.parse(await decrypter.decrypt(row.locked.body, "text")) as Draft;
    }
    return row.draft ?? emptyDraft();
  }

  async open(passphrase: string): Promise<Draft | "locked"> {
    const { locked } = await this.row();
    if (locked) {
      this.identity = await unlock(locked.identity, passphrase);
      this.recipient = locked.recipient;
      this.lockedIdentity = locked.identity;
    }
    return this.load();
  }

  async lock(passphrase: string, draft: Draft): Promise<void> {
    this.identity = await generateIdentity();
    this.recipient = await identityToRecipient(this.identity);
    const encrypter = new Encrypter();
    encrypter.setPassphrase(passphrase);
    this.lockedIdentity = armor.encode(await encrypter.encrypt(this.identity));
    await this.save(draft);
  }

  async save(draft: Draft): Promise<void> {
    const row = await this.row();
    const stamped = { ...draft, saved_at: new Date().toISOString() };
    if (this.lockedIdentity) {
      const encrypter = new Encrypter();
      encrypter.addRecipient(this.recipient);
      const body = await encrypter.encrypt(JSON.stringify(stamped));
      const { draft: _clear, ...rest } = row;
      await (await database()).put("drafts", { ...rest, locked: { identity: this.lockedIdentity, recipient: this.recipient, body } });
    } else await (await database()).put("drafts", { ...row, draft: stamped });
  }

  async note(values: Pick<Kept, "bid_id" | "submission">): Promise<void> {
    await (await database()).put("drafts", { ...(await this.row()), ...values });
  }

  async noted(): Promise<Pick<Kept, "bid_id" | "submission">> {
    const { bid_id, submission } = await this.row();
    return { ...(bid_id ? { bid_id } : {}), ...(submission ? { submission } : {}) };
  }

  async clear(): Promise<void> {
    this.identity = this.recipient = this.lockedIdentity = "";
    await (await database()).delete("drafts", this.key);
  }
}
