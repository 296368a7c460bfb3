/** Where the items of a Wright map stand: in the row of their difficulty, side by side. */

export interface Mark {
  /** Code, with the number of the step for an item with several scores. */
  label: string;
  code: string;
  theta: number;
  /** Row of the map, counted from the lowest ability. */
  row: number;
  /** Place within the row, from the axis outwards. */
  place: number;
}

/** Marks in order of difficulty; thresholds outside the map stand in its first or last row. */
export function marksOf(
  items: readonly { code: string; thresholds: readonly number[] }[],
  edges: readonly number[],
): Mark[] {
  const lowest = edges[0] ?? 0;
  const width = (edges[1] ?? 1) - lowest;
  const last = edges.length - 2;
  const all = items.flatMap(({ code, thresholds }) =>
    thresholds.map((theta, step) => ({
      code,
      theta,
      label: thresholds.length > 1 ? `${code}.${step + 1}` : code,
      row: Math.min(last, Math.max(0, Math.floor((theta - lowest) / width + 1e-9))),
    })),
  );
  all.sort((one, other) => one.theta - other.theta || one.label.localeCompare(other.label));
  const filled = new Map<number, number>();
  return all.map((mark) => {
    const place = filled.get(mark.row) ?? 0;
    filled.set(mark.row, place + 1);
    return { ...mark, place };
  });
}

/** The longest stretch of abilities without an item in which a twentieth of the candidates or more are; null if none. */
export function widestGap(
  marks: readonly Mark[],
  edges: readonly number[],
  shares: readonly number[],
): { from: number; to: number; share: number } | null {
  const filled = new Set(marks.map((mark) => mark.row));
  let best: { from: number; to: number; share: number } | null = null;
  let start = 0;
  for (let row = 0; row <= shares.length; row++) {
    if (row < shares.length && !filled.has(row)) continue;
    if (row > start) {
      const share = shares.slice(start, row).reduce((sum, one) => sum + one, 0);
      if (share >= 0.05 && (best === null || share > best.share)) {
        best = { from: edges[start] ?? 0, to: edges[row] ?? 0, share };
      }
    }
    start = row + 1;
  }
  return best;
}
