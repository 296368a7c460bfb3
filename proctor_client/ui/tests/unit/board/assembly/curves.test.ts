import { expect, test } from "vitest";
import { bandOf, differencesOf, exchanged, widest } from "../../../../src/board/assembly/run/formCurves";

test("an exchange takes one item's curve away and adds the other's", () => {
  expect(exchanged([5, 6], [1, 2], [3, 1])).toEqual([7, 5]);
});

test("the band of many forms runs from the lowest to the highest at each ability", () => {
  expect(
    bandOf(
      "đề",
      [0, 1],
      [
        [1, 5],
        [3, 2],
      ],
    ).points,
  ).toEqual([
    [0, 1, 3],
    [1, 2, 5],
  ]);
});

test("differences from the mean of the forms cancel out", () => {
  expect(
    differencesOf([
      [1, 4],
      [3, 4],
    ]),
  ).toEqual([
    [-1, 0],
    [1, 0],
  ]);
  expect(differencesOf([[7, 8]])).toEqual([[0, 0]]);
});

test("the widest spread is found where the forms differ most", () => {
  expect(
    widest(
      [-1, 0, 1],
      [
        [1, 1, 1],
        [1, 3, 2],
      ],
    ),
  ).toEqual({ at: 0, spread: 2 });
});
