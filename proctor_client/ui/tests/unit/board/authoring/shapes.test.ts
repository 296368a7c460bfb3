import { describe, expect, test } from "vitest";
import {
  type Area,
  drawn,
  inMiddle,
  moved,
  pointIn,
  rescaled,
} from "../../../../src/board/authoring/model/shapes";

const size = { width: 400, height: 200 };

describe("areas stay within their picture", () => {
  test("a rectangle may be drawn from any of its corners", () => {
    const expected = { shape: "rectangle", coordinates: [10, 20, 110, 80] };
    expect(drawn("rectangle", { x: 10, y: 20 }, { x: 110, y: 80 }, size)).toEqual(expected);
    expect(drawn("rectangle", { x: 110, y: 20 }, { x: 10, y: 80 }, size)).toEqual(expected);
    expect(drawn("rectangle", { x: 10, y: 20 }, { x: 10, y: 80 }, size)).toBeNull();
  });

  test("a circle grows as far as the nearest edge", () => {
    expect(drawn("circle", { x: 100, y: 100 }, { x: 103, y: 104 }, size)?.coordinates).toEqual([100, 100, 5]);
    expect(drawn("circle", { x: 30, y: 100 }, { x: 300, y: 100 }, size)?.coordinates).toEqual([30, 100, 30]);
    expect(drawn("circle", { x: 0, y: 100 }, { x: 50, y: 100 }, size)).toBeNull();
  });

  test.each(["rectangle", "circle", "polygon"] as const)(
    "a %s stops at every edge and keeps its form",
    (shape) => {
      const area = inMiddle(shape, size);
      const far = 10_000;
      for (const by of [
        { x: -far, y: 0 },
        { x: far, y: 0 },
        { x: 0, y: -far },
        { x: 0, y: far },
      ]) {
        const there = moved(area, by, size);
        const back = moved(there, { x: -by.x, y: -by.y }, size);
        const middle = moved(back, { x: 1, y: 0 }, size);
        expect(there.coordinates.every((value) => value >= 0)).toBe(true);
        expect(extent(there)).toEqual(extent(area));
        expect(extent(middle)).toEqual(extent(area));
      }
    },
  );

  test("points outside come to the edge as whole pixels", () => {
    expect(pointIn(size, { x: -3, y: 999 })).toEqual({ x: 0, y: 200 });
    expect(pointIn(size, { x: 12.6, y: 0.4 })).toEqual({ x: 13, y: 0 });
  });

  test("in a picture of half the size they are half as large", () => {
    const half = { width: 200, height: 100 };
    const spot = { id: "p1", shape: "rectangle", coordinates: [10, 20, 110, 80] } as Area & { id: string };
    expect(rescaled(spot, size, half)).toEqual({ ...spot, coordinates: [5, 10, 55, 40] });
    expect(rescaled({ shape: "circle", coordinates: [100, 100, 31] }, size, half).coordinates).toEqual([
      50, 50, 15,
    ]);
  });
});

/** Differences between coordinates, which moving leaves alone. */
function extent({ shape, coordinates }: Area): number[] {
  const [x = 0, y = 0] = coordinates;
  if (shape === "circle") return coordinates.slice(2);
  return coordinates.map((value, index) => value - (index % 2 === 0 ? x : y));
}
