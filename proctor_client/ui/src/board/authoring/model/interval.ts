/** An interval and a value with its tolerance say the same; decimals are counted exactly. */

export interface Interval {
  from: string;
  to: string;
}
export interface WithTolerance {
  value: string;
  tolerance: string;
}

const NUMBER = /^-?[0-9]+(\.[0-9]+)?$/;
const decimalsOf = (value: string): number => value.split(".")[1]?.length ?? 0;

function scaled(value: string, decimals: number): bigint {
  const [whole = "0", fraction = ""] = value.split(".");
  return BigInt(whole.replace("-", "") + fraction.padEnd(decimals, "0")) * (value.startsWith("-") ? -1n : 1n);
}

function text(value: bigint, decimals: number): string {
  const digits = String(value < 0n ? -value : value).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  const sign = value < 0n ? "-" : "";
  return `${sign}${whole}${fraction ? `.${fraction}` : ""}`;
}

/** The middle and half the width; none while an end is no number or the ends are the wrong way round. */
export function toleranceOf({ from, to }: Interval): WithTolerance | null {
  if (!NUMBER.test(from) || !NUMBER.test(to)) return null;
  // One more decimal than the ends have: their middle may lie between two of them.
  const decimals = Math.max(decimalsOf(from), decimalsOf(to)) + 1;
  const [low, high] = [scaled(from, decimals), scaled(to, decimals)];
  return low > high
    ? null
    : { value: text((low + high) / 2n, decimals), tolerance: text((high - low) / 2n, decimals) };
}

/** The ends of a value with its tolerance; none while one of the two is no number. */
export function intervalOf({ value, tolerance }: WithTolerance): Interval | null {
  if (!NUMBER.test(value) || !NUMBER.test(tolerance)) return null;
  const decimals = Math.max(decimalsOf(value), decimalsOf(tolerance));
  const [middle, half] = [scaled(value, decimals), scaled(tolerance, decimals)];
  return { from: text(middle - half, decimals), to: text(middle + half, decimals) };
}
