import { expect, test } from "vitest";
import { oneIn, short } from "../../../src/board/forensics/rare";

test("a probability is one in so many, in two figures, down to one in a billion", () => {
  expect(oneIn(0.05)).toEqual({ times: "20", isRarer: false });
  expect(oneIn(1 / 12_345)).toEqual({ times: "12.000", isRarer: false });
  expect(oneIn(1)).toEqual({ times: "1", isRarer: false });
  expect(oneIn(1e-9)).toEqual({ times: "1.000.000.000", isRarer: false });
  expect(oneIn(9.9e-10)).toEqual({ times: "1.000.000.000", isRarer: true });
  expect(oneIn(0)).toEqual({ times: "1.000.000.000", isRarer: true });
});

test("figures are short, and very small ones say their power of ten", () => {
  expect([short(12), short(1234), short(3.4567), short(-2.5), short(0.12345), short(0.001)]).toEqual([
    "12",
    "1.234",
    "3,46",
    "-2,50",
    "0,123",
    "0,001",
  ]);
  expect([short(0), short(0.00099), short(1.23e-10), short(-4e-5)]).toEqual([
    "0",
    "9,9 × 10⁻⁴",
    "1,2 × 10⁻¹⁰",
    "-4,0 × 10⁻⁵",
  ]);
});
