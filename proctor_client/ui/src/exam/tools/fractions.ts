/** Exact arithmetic for the calculator: 0,1 + 0,2 is 0,3, and 1 ÷ 3 × 3 is 1. */

/** `over` is positive and the two have no common divisor. */
export interface Fraction {
  readonly top: bigint;
  readonly over: bigint;
}

/** Digits shown at most, and of them after the decimal sign. */
const SHOWN_DIGITS = 15;
const SHOWN_DECIMALS = 12;
const TOO_LARGE = 10n ** BigInt(SHOWN_DIGITS);

const size = (n: bigint): bigint => (n < 0n ? -n : n);

function commonDivisor(one: bigint, other: bigint): bigint {
  let [a, b] = [size(one), size(other)];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/** `over` may have any sign but must not be zero. */
export function fraction(top: bigint, over = 1n): Fraction {
  const divisor = commonDivisor(top, over) * (over < 0n ? -1n : 1n);
  return { top: top / divisor, over: over / divisor };
}

export const ZERO = fraction(0n);

export const plus = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.top * b.over + b.top * a.over, a.over * b.over);
export const minus = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.top * b.over - b.top * a.over, a.over * b.over);
export const times = (a: Fraction, b: Fraction): Fraction => fraction(a.top * b.top, a.over * b.over);
/** `b` must not be zero. */
export const dividedBy = (a: Fraction, b: Fraction): Fraction => fraction(a.top * b.over, a.over * b.top);

/** The number that digits with at most one point stand for: `-12.5`, `0.`, `.5`. */
export function parsed(digits: string): Fraction {
  const [whole = "", decimals = ""] = digits.split(".");
  const isNegative = whole.startsWith("-");
  const top = BigInt(`${isNegative ? whole.slice(1) : whole}${decimals}` || "0");
  return fraction(isNegative ? -top : top, 10n ** BigInt(decimals.length));
}

export interface Decimal {
  /** With a point: `-12.5`. */
  text: string;
  /** False when the number has more decimals than are shown. */
  isExact: boolean;
}

/** The number as digits, halves rounded away from zero; null when it has more digits than can be shown. */
export function decimal({ top, over }: Fraction): Decimal | null {
  const amount = size(top);
  if (amount >= TOO_LARGE * over) return null;
  const wholeDigits = String(amount / over).length;
  const decimals = Math.min(SHOWN_DECIMALS, SHOWN_DIGITS - wholeDigits);
  const scale = 10n ** BigInt(decimals);
  const rounded = (amount * scale * 2n + over) / (over * 2n);
  const digits = String(rounded).padStart(decimals + 1, "0");
  const after = digits.slice(digits.length - decimals).replace(/0+$/, "");
  const text = digits.slice(0, digits.length - decimals) + (decimals > 0 && after ? `.${after}` : "");
  return { text: top < 0n && rounded !== 0n ? `-${text}` : text, isExact: rounded * over === amount * scale };
}
