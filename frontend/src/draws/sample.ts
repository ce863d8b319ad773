// What is drawn on site, the same on every device: platform/bureau/draws/chance.py gives the same numbers for the same
// seed, and docs/draw-format.md says how. SHA-256 is the browser's own (WebCrypto).

const WORDS = 2 ** 32;
const encoder = new TextEncoder();

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> => {
  if (!/^([0-9a-f]{2})+$/i.test(hex)) throw new RangeError("a seed is hexadecimal");
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
};

/** Words of 4 bytes, big-endian, from HMAC-SHA-256(key, name ‖ 0 ‖ number of the block). */
class Stream {
  private words: number[] = [];
  private block = 0;

  private constructor(
    private readonly key: CryptoKey,
    private readonly prefix: Uint8Array,
  ) {}

  static async of(seedHex: string, name: string): Promise<Stream> {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", bytesOf(seedHex), algorithm, false, ["sign"]);
    return new Stream(key, encoder.encode(`${name}\0`));
  }

  private async word(): Promise<number> {
    if (this.words.length === 0) {
      const message = new Uint8Array(this.prefix.length + 4);
      message.set(this.prefix);
      new DataView(message.buffer).setUint32(this.prefix.length, this.block);
      this.block += 1;
      const sum = new DataView(await crypto.subtle.sign("HMAC", this.key, message));
      for (let at = 0; at < sum.byteLength; at += 4) this.words.push(sum.getUint32(at));
    }
    return this.words.shift() as number;
  }

  /** Each of 0 … bound − 1 with the same chance: words of the uneven rest at the top are passed over. */
  async below(bound: number): Promise<number> {
    const limit = WORDS - (WORDS % bound);
    let word = await this.word();
    while (word >= limit) word = await this.word();
    return word % bound;
  }
}

/**
 * Which `k` of `population` things are looked at: positions from 0, ascending; all of them when there are no more.
 * `seedHex` is the visit's own seed; `what` is "rooms", "windows", "pupils", or e.g. "rooms:B1" for one building.
 */
export const sample = async (
  seedHex: string,
  inspectionId: string,
  what: string,
  population: number,
  k: number,
): Promise<number[]> => {
  if (!Number.isInteger(population) || !Number.isInteger(k) || population < 0 || k < 0 || population >= WORDS) {
    throw new RangeError("population and sample are whole numbers, not negative");
  }
  const stream = await Stream.of(seedHex, `sample:${inspectionId}:${what}`);
  const moved = new Map<number, number>();
  const taken: number[] = [];
  for (let place = 0; place < Math.min(k, population); place += 1) {
    const other = place + (await stream.below(population - place));
    taken.push(moved.get(other) ?? other);
    moved.set(other, moved.get(place) ?? place);
  }
  return taken.sort((one, two) => one - two);
};
