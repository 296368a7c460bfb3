/** The scale of a slider, counted in whole steps so that no decimal is lost to binary fractions. */

export interface Scale {
  /** Steps from the lower to the upper end. */
  readonly count: number;
  /** Value after so many steps, with a decimal point. */
  valueAt(index: number): string;
  /** The step nearest to a decimal number; ends of the scale for what lies beyond them. */
  indexOf(value: string): number;
}

const decimalsOf = (value: string): number => value.split(".")[1]?.length ?? 0;

function scaled(value: string, decimals: number): bigint {
  const [whole = "0", fraction = ""] = value.split(".");
  return BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, "0"));
}

export function scaleOf({ lower, upper, step }: { lower: string; upper: string; step: string }): Scale {
  const decimals = Math.max(...[lower, upper, step].map(decimalsOf));
  const from = scaled(lower, decimals);
  const by = scaled(step, decimals);
  const count = by > 0n ? Number((scaled(upper, decimals) - from) / by) : 0;
  return {
    count,
    valueAt(index) {
      const value = from + BigInt(index) * by;
      const digits = String(value < 0n ? -value : value).padStart(decimals + 1, "0");
      const whole = digits.slice(0, digits.length - decimals);
      const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
      return `${value < 0n ? "-" : ""}${whole}${fraction ? `.${fraction}` : ""}`;
    },
    indexOf(value) {
      const steps = Math.round((Number(value) - Number(lower)) / Number(step));
      return Number.isFinite(steps) ? Math.min(count, Math.max(0, steps)) : 0;
    },
  };
}
