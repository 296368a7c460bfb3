import { expect, test } from "vitest";
import { bandOf, differencesOf, widest } from "../../../../src/board/assembly/run/formCurves";
import { exchanged, information, probability } from "../../../../src/board/assembly/run/itemCurves";

const rasch = { a: 1, b: 0, c: null };
const guessed = { a: 1.2, b: 0.5, c: 0.2 };

test("half of those at the difficulty answer right, more when they guess", () => {
  expect(probability(0, rasch)).toBe(0.5);
  expect(probability(0.5, guessed)).toBeCloseTo(0.6, 12);
});

test("information is a² p (1 − p) without guessing", () => {
  expect(information(0, rasch)).toBeCloseTo(0.25, 12);
  const p = probability(1, { a: 2, b: 0.3, c: null });
  expect(information(1, { a: 2, b: 0.3, c: null })).toBeCloseTo(4 * p * (1 - p), 12);
});

test("information with guessing is the squared slope over the variance of an answer", () => {
  const step = 1e-5;
  const p = probability(1, guessed);
  const slope = (probability(1 + step, guessed) - probability(1 - step, guessed)) / (2 * step);
  expect(information(1, guessed)).toBeCloseTo(slope ** 2 / (p * (1 - p)), 8);
});

test("an exchange takes one item's curve away and adds the other's", () => {
  const theta = [-1, 0, 1];
  const both = theta.map((at) => information(at, rasch) + information(at, guessed));
  const swapped = exchanged(theta, both, information, guessed, rasch);
  expect(swapped).toEqual(theta.map((at) => expect.closeTo(2 * information(at, rasch), 12)));
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
