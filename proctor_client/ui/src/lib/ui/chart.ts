/** Geometry of the line chart: round tick values and linear scales. */

export interface Series {
  name: string;
  /** (x, y) pairs in order of x. */
  points: readonly (readonly [number, number])[];
  /** Points are drawn as circles without a line: observed shares beside a model. */
  isObserved?: boolean;
}

/** Round values (1, 2, 2.5 or 5 times a power of ten) that cover [low, high] in about `count` steps. */
export function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Decimals that tell neighbouring ticks apart. */
export function decimalsOf(values: readonly number[]): number {
  return Math.max(0, ...values.map((value) => String(value).split(".")[1]?.length ?? 0));
}

/** Maps [from, to] on [start, end] linearly. */
export function scale(from: number, to: number, start: number, end: number): (value: number) => number {
  const factor = to === from ? 0 : (end - start) / (to - from);
  return (value) => start + (value - from) * factor;
}
