import { expect, test } from "vitest";
import { marksOf, widestGap } from "../../../src/board/calibration/evidence/wrightMap";

const edges = [-1, -0.5, 0, 0.5, 1];

test("items stand in the row of their difficulty, side by side, and outside ones at the edge", () => {
  const marks = marksOf(
    [
      { code: "A", thresholds: [0.1] },
      { code: "B", thresholds: [0.4] },
      { code: "C", thresholds: [0.5] },
      { code: "D", thresholds: [-7, 9] },
    ],
    edges,
  );
  expect(marks.map(({ label, row, place }) => [label, row, place])).toEqual([
    ["D.1", 0, 0],
    ["A", 2, 0],
    ["B", 2, 1],
    ["C", 3, 0],
    ["D.2", 3, 1],
  ]);
});

test("the gap named is the empty stretch with the most candidates, from a twentieth of them on", () => {
  const marks = marksOf([{ code: "A", thresholds: [-0.2] }], edges);
  expect(widestGap(marks, edges, [0.2, 0.3, 0.2, 0.1])).toEqual({ from: 0, to: 1, share: 0.2 + 0.1 });
  expect(widestGap(marks, edges, [0.4, 0.3, 0.2, 0.1])).toEqual({ from: -1, to: -0.5, share: 0.4 });
  expect(widestGap(marks, edges, [0.049, 0.9, 0.02, 0.02])).toBeNull();
  expect(widestGap(marks, edges, [0.05, 0.9, 0.02, 0.02])?.from).toBe(-1);
});
