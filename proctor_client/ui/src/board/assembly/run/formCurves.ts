/** The curves of many forms as one draws them: a few as lines, the rest between the lowest and the highest. */
import type { Band, Series } from "../../../lib/ui/chart";

type Points = readonly (readonly [number, number])[];

/** More lines than these cannot be told apart. */
export const MOST_LINES = 4;

export const pointsOf = (xs: readonly number[], ys: readonly number[]): Points =>
  xs.map((x, i) => [x, ys[i] ?? 0] as const);

/** Lowest and highest of the curves at each abscissa. */
export const bandOf = (
  name: string,
  xs: readonly number[],
  curves: readonly (readonly number[])[],
): Band => ({
  name,
  points: xs.map((x, i) => {
    const values = curves.map((curve) => curve[i] ?? 0);
    return [x, Math.min(...values), Math.max(...values)] as const;
  }),
});

/** Each curve less the mean of all: what candidates of the same ability gain by one form over another. */
export function differencesOf(curves: readonly (readonly number[])[]): number[][] {
  const mean = (curves[0] ?? []).map(
    (_, i) => curves.reduce((sum, curve) => sum + (curve[i] ?? 0), 0) / curves.length,
  );
  return curves.map((curve) => curve.map((value, i) => value - (mean[i] ?? 0)));
}

/** The widest distance between two of the curves and the abscissa where it is. */
export function widest(
  xs: readonly number[],
  curves: readonly (readonly number[])[],
): { at: number; spread: number } {
  let found = { at: xs[0] ?? 0, spread: 0 };
  xs.forEach((at, i) => {
    const values = curves.map((curve) => curve[i] ?? 0);
    const spread = Math.max(...values) - Math.min(...values);
    if (spread > found.spread) found = { at, spread };
  });
  return found;
}

export const seriesOf = (
  xs: readonly number[],
  named: readonly { name: string; curve: readonly number[] }[],
): Series[] => named.map(({ name, curve }) => ({ name, points: pointsOf(xs, curve) }));

/** A form's curve with one item in the place of another. */
export const exchanged = (
  curve: readonly number[],
  leaving: readonly number[],
  coming: readonly number[],
): number[] => curve.map((value, i) => value - (leaving[i] ?? 0) + (coming[i] ?? 0));
