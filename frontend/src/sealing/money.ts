// Yuan as people type them ↔ whole fen, exactly. Amounts are products of decimal texts, never of binary fractions.

const PLAIN = /^\d{1,12}(\.\d{1,3})?$/;

const clean = (text: string): string => text.replace(/[,，\s¥￥元]/g, "").replace(/[．。]/g, ".");

/** Fen, or null where it is no amount with at most two decimals. */
export const parseYuan = (text: string): number | null => {
  const plain = clean(text);
  if (!/^\d{1,12}(\.\d{1,2})?$/.test(plain)) return null;
  const [whole = "0", part = ""] = plain.split(".");
  return Number(whole) * 100 + Number(part.padEnd(2, "0"));
};

export const yuan = (fen: number): string => {
  const [whole = "0", part = "00"] = [Math.trunc(fen / 100).toString(), (fen % 100).toString().padStart(2, "0")];
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${part}`;
};

/** Unit price × quantity in fen, half a fen up; quantity with at most three decimals. */
export const amount = (unitFen: number, quantity: string): number => {
  if (!PLAIN.test(quantity)) return 0;
  const [whole = "0", part = ""] = quantity.split(".");
  const thousandths = BigInt(whole) * 1000n + BigInt(part.padEnd(3, "0"));
  return Number((BigInt(unitFen) * thousandths + 500n) / 1000n);
};

/** A discount in percent with at most four decimals, 0 ≤ d < 100; null otherwise. */
export const parseDiscount = (text: string): string | null => {
  const plain = clean(text).replace(/[%％]$/, "");
  if (!/^\d{1,2}(\.\d{1,4})?$/.test(plain)) return null;
  return plain;
};

const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["", "拾", "佰", "仟"];
const GROUPS = ["", "万", "亿", "万亿"];

const group = (value: number): string => {
  let text = "";
  let gap = false;
  for (let place = 3; place >= 0; place--) {
    const digit = Math.floor(value / 10 ** place) % 10;
    if (digit === 0) {
      gap = text !== "";
      continue;
    }
    if (gap) text += "零";
    gap = false;
    text += (DIGITS[digit] ?? "") + (PLACES[place] ?? "");
  }
  return text;
};

/** 大写金额, as a bid letter and a cheque write it: 1,002,030.50 → 壹佰万贰仟零叁拾元伍角整. */
export const inWords = (fen: number): string => {
  if (fen === 0) return "零元整";
  const whole = Math.floor(fen / 100);
  const [jiao, cent] = [Math.floor(fen / 10) % 10, fen % 10];
  let text = "";
  let rest = whole;
  const groups: number[] = [];
  while (rest > 0) {
    groups.push(rest % 10_000);
    rest = Math.floor(rest / 10_000);
  }
  let gap = false;
  for (let at = groups.length - 1; at >= 0; at--) {
    const value = groups[at] ?? 0;
    if (value === 0) {
      gap = text !== "";
      continue;
    }
    if (text !== "" && (gap || value < 1000)) text += "零";
    gap = false;
    text += group(value) + (GROUPS[at] ?? "");
  }
  if (text !== "") text += "元";
  if (jiao === 0 && cent === 0) return `${text}整`;
  if (jiao !== 0) text += `${DIGITS[jiao] ?? ""}角`;
  else if (text !== "") text += "零";
  return cent === 0 ? `${text}整` : `${text}${DIGITS[cent] ?? ""}分`;
};
