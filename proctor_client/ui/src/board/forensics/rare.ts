/** How rare a probability is, in figures that people can read. */
import { formatNumber } from "../../lib/format";

/** Nobody can vouch for tails smaller than one in a billion. */
const MOST = 1e9;
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** N of `1 in N`, rounded to two figures, and whether it is rarer still than that. */
export function oneIn(p: number): { times: string; isRarer: boolean } {
  if (p < 1 / MOST) return { times: formatNumber(MOST), isRarer: true };
  const times = Math.max(1, 1 / p);
  const step = 10 ** Math.max(0, Math.floor(Math.log10(times)) - 1);
  return { times: formatNumber(Math.round(times / step) * step), isRarer: false };
}

/** A probability or statistic, short; small ones with a power of ten. */
export function short(value: number): string {
  if (Number.isInteger(value)) return formatNumber(value);
  if (Math.abs(value) >= 0.001) return formatNumber(value, Math.abs(value) < 1 ? 3 : 2);
  const [digits = "0", power = "0"] = value.toExponential(1).split("e-");
  return `${formatNumber(Number(digits), 1)} × 10⁻${[...power].map((digit) => RAISED[Number(digit)]).join("")}`;
}
