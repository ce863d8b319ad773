// Exact numbers on BigInt: what the service counts with decimals and fractions, without a rounding anywhere but in
// `roundHalfUp`. A number that is a multiple of 10⁻⁸ (every figure of a form, every mark, every product of two figures)
// has the denominator ONE_UNIT, so that nearly every sum adds two integers; any other is in lowest terms. Equal numbers
// therefore have equal parts.

const ONE_UNIT = 100_000_000n;
const UNIT_PLACES = 8;

export interface Exact {
  readonly n: bigint;
  readonly d: bigint;
}

export const ZERO: Exact = { n: 0n, d: ONE_UNIT };
export const ONE: Exact = { n: ONE_UNIT, d: ONE_UNIT };

const gcd = (first: bigint, second: bigint): bigint => {
  let [a, b] = [first < 0n ? -first : first, second];
  while (b) [a, b] = [b, a % b];
  return a;
};

const normal = (numerator: bigint, denominator: bigint): Exact => {
  const scaled = numerator * ONE_UNIT;
  if (scaled % denominator === 0n) return { n: scaled / denominator, d: ONE_UNIT };
  const common = gcd(numerator, denominator);
  return { n: numerator / common, d: denominator / common };
};

export const integer = (value: number | bigint): Exact => ({ n: BigInt(value) * ONE_UNIT, d: ONE_UNIT });

export const ratio = (numerator: Exact, denominator: Exact): Exact => {
  const n = numerator.n * denominator.d;
  const d = numerator.d * denominator.n;
  if (d === 0n) throw new RangeError("division by zero");
  return d < 0n ? normal(-n, -d) : normal(n, d);
};

export const add = (a: Exact, b: Exact): Exact =>
  a.d === ONE_UNIT && b.d === ONE_UNIT ? { n: a.n + b.n, d: ONE_UNIT } : normal(a.n * b.d + b.n * a.d, a.d * b.d);

export const negate = (a: Exact): Exact => ({ n: -a.n, d: a.d });

export const subtract = (a: Exact, b: Exact): Exact => add(a, negate(b));

export const multiply = (a: Exact, b: Exact): Exact => normal(a.n * b.n, a.d * b.d);

export const times = (a: Exact, count: number): Exact =>
  a.d === ONE_UNIT ? { n: a.n * BigInt(count), d: ONE_UNIT } : normal(a.n * BigInt(count), a.d);

/** Below zero, zero or above zero, as a is below, equal to or above b. */
export const compare = (a: Exact, b: Exact): number => {
  const difference = a.d === b.d ? a.n - b.n : a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

export const isZero = (a: Exact): boolean => a.n === 0n;
export const isPositive = (a: Exact): boolean => a.n > 0n;
export const min = (a: Exact, b: Exact): Exact => (compare(b, a) < 0 ? b : a);
export const max = (a: Exact, b: Exact): Exact => (compare(b, a) > 0 ? b : a);

export const sum = (values: Iterable<Exact>): Exact => {
  let units = 0n;
  let rest = ZERO;
  for (const value of values) {
    if (value.d === ONE_UNIT) units += value.n;
    else rest = add(rest, value);
  }
  return add({ n: units, d: ONE_UNIT }, rest);
};

export const isMultiple = (value: Exact, step: Exact): boolean => (value.n * step.d) % (step.n * value.d) === 0n;

const floorDivide = (numerator: bigint, denominator: bigint): bigint => {
  const whole = numerator / denominator;
  return numerator % denominator < 0n ? whole - 1n : whole;
};

export const floor = (value: Exact): bigint => floorDivide(value.n, value.d);

export const ceiling = (value: Exact): bigint => -floor(negate(value));

/** coefficient × 10^exponent. */
export const scaled = (coefficient: bigint, exponent: number): Exact =>
  exponent < 0 ? normal(coefficient, 10n ** BigInt(-exponent)) : integer(coefficient * 10n ** BigInt(exponent));

/** A decimal as a form writes it ("2", "0.5"); RangeError for anything else. */
export const decimal = (text: string): Exact => {
  const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!found) throw new RangeError(`not a decimal: ${text}`);
  const [, sign, whole, places = ""] = found;
  return scaled(BigInt(`${sign}${whole}${places}`), -places.length);
};

/** 89.95 → 90.0 at one place. */
export const roundHalfUp = (value: Exact, places: number): Exact => {
  const scale = 10n ** BigInt(places);
  return normal(floorDivide(2n * value.n * scale + value.d, 2n * value.d), scale);
};

/** No exponent, no zeros at the end; RangeError where the value has no finite decimal. */
export const decimalText = (value: Exact): string => {
  let { n, d } = value;
  let places = UNIT_PLACES;
  if (d !== ONE_UNIT) {
    places = 0;
    for (let power = 1n; ; power *= 10n, places += 1) {
      if (power % d === 0n) {
        n *= power / d;
        break;
      }
      if (places > 60) throw new RangeError("no finite decimal");
    }
  }
  const digits = (n < 0n ? -n : n).toString().padStart(places + 1, "0");
  const cut = digits.length - places;
  const fraction = digits.slice(cut).replace(/0+$/, "");
  return (n < 0n ? "-" : "") + digits.slice(0, cut) + (fraction && `.${fraction}`);
};
