/** Geometry of the line chart: round tick values and linear scales. */

export interface Series {
  name: string;
  /** (x, y) pairs in order of x. */
  points: readonly (readonly [number, number])[];
  /** Points are drawn as circles without a line: observed shares beside a model, or targets. */
  isObserved?: boolean;
  /** (low, high) of each point, drawn as a bar. */
  intervals?: readonly (readonly [number, number])[];
}

/** The area between two curves over the same abscissas, such as the lowest and highest of many forms. */
export interface Band {
  name: string;
  /** (x, low, high) in order of x. */
  points: readonly (readonly [number, number, number])[];
}

/** A line that keeps its value until the next one comes, carried on to `end`: the best found so far. */
export function steps(points: readonly (readonly [number, number])[], end: number): [number, number][] {
  const line: [number, number][] = [];
  for (const [x, y] of points) {
    const last = line.at(-1);
    if (last) line.push([x, last[1]]);
    line.push([x, y]);
  }
  const last = line.at(-1);
  if (last && last[0] < end) line.push([end, last[1]]);
  return line;
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
