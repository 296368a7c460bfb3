/** Curves of items and forms from stored parameters: what a form gains or loses by another item, before it is swapped. */

export interface Parameters {
  a: number;
  b: number;
  /** Lower asymptote; null for an item without one. */
  c: number | null;
}

/** Probability of a right answer in the three-parameter logistic model. */
export function probability(theta: number, { a, b, c }: Parameters): number {
  const asymptote = c ?? 0;
  return asymptote + (1 - asymptote) / (1 + Math.exp(-a * (theta - b)));
}

/** Fisher information of an item (Lord 1980, eq. 5-9), scaling constant 1. */
export function information(theta: number, item: Parameters): number {
  const asymptote = item.c ?? 0;
  const p = probability(theta, item);
  return item.a ** 2 * ((1 - p) / p) * ((p - asymptote) / (1 - asymptote)) ** 2;
}

/** A form's curve with one item in the place of another. */
export const exchanged = (
  theta: readonly number[],
  curve: readonly number[],
  of: (theta: number, item: Parameters) => number,
  leaving: Parameters,
  coming: Parameters,
): number[] => curve.map((value, i) => value - of(theta[i] ?? 0, leaving) + of(theta[i] ?? 0, coming));
