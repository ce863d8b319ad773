// A form that is being filled in: every touch goes to the disk at once, one write after the other, and survives whatever
// happens to the page.

import { toast } from "../dom";
import { saveWords } from "../filling";
import { nowText } from "../ids";
import type { Work } from "../work";
import { isPictures } from "./model";
import { draft, keepDraft, keepPicture } from "./records";
import type { Draft, Entered, Picture, Value } from "./types";

export class Entry {
  private writing: Promise<void> | null = null;
  private dirty = false;
  private ended = false;

  private constructor(
    private readonly work: Work,
    readonly draft: Draft,
  ) {}

  /** What was begun before, else what was handed in and refused, else nothing. */
  static async open(work: Work, key: string, refused: Draft | null): Promise<Entry> {
    const begun = (await draft(work, key)) ?? (refused ? structuredClone({ ...refused, key }) : null);
    return new Entry(work, begun ?? { key, shared: {}, rows: {}, extra: [], happened_at: "", note: "", at: nowText() });
  }

  row(key: string): Entered {
    return (this.draft.rows[key] ??= {});
  }

  set(part: Entered, name: string, value: Value): void {
    part[name] = value;
    this.save();
  }

  /** One write at a time; what changed meanwhile goes with the next. */
  save(): void {
    if (this.ended) return;
    this.dirty = true;
    this.writing ??= this.write().finally(() => (this.writing = null));
  }

  private async write(): Promise<void> {
    while (this.dirty && !this.ended) {
      this.dirty = false;
      try {
        await keepDraft(this.work, this.draft);
      } catch (error) {
        toast(saveWords(error), "danger");
      }
    }
  }

  async picture(part: Entered, name: string, pictures: Picture[], picture: Picture, bytes: ArrayBuffer): Promise<void> {
    const before = part[name];
    part[name] = pictures;
    try {
      await keepPicture(this.work, this.draft, picture.sha256, bytes);
    } catch (error) {
      part[name] = isPictures(before) ? before : [];
      throw error;
    }
  }

  /** Before it becomes a record: nothing may write the draft again. */
  async end(): Promise<void> {
    this.ended = true;
    await this.writing;
  }

  resume(): void {
    this.ended = false;
  }
}
