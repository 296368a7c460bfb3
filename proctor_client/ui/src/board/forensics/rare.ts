/** How rare a probability is, in figures that people can read. */
import { formatNumber } from "../../lib/format";

const MOST = 1e9;

/** `1 in …`, rounded to two figures; nobody can vouch for tails smaller than one in a billion. */
export function oneIn(p: number): string {
  if (p >= 1) return "1";
  if (p < 1 / MOST) return `> ${formatNumber(MOST)}`;
  const times = 1 / p;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(times)) - 1);
  return formatNumber(Math.round(times / step) * step);
}

/** A probability or statistic, short; small ones as powers of ten. */
export function short(value: number): string {
  if (Number.isInteger(value)) return formatNumber(value);
  if (Math.abs(value) < 0.001) return value === 0 ? "0" : value.toExponential(1).replace(".", ",");
  return formatNumber(value, Math.abs(value) < 1 ? 3 : 2);
}
