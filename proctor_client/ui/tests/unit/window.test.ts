import { describe, expect, test } from "vitest";
import { hasPaneOpened, isTyped, OwnTexts, Quota, type WindowSize } from "../../src/exam/window/rules";

/** A maximised window on a screen of 1366 × 768. */
const usual: WindowSize = {
  outerWidth: 1366,
  outerHeight: 728,
  innerWidth: 1366,
  innerHeight: 641,
  pixelRatio: 1,
  pinch: 1,
  isFull: false,
};
const opened = (change: Partial<WindowSize>, isTypingByTouch = false): boolean =>
  hasPaneOpened(usual, { ...usual, ...change }, isTypingByTouch);

describe("a pane beside the page", () => {
  test.each([
    ["tools at the right", { innerWidth: 1366 - 480 }],
    ["tools below", { innerHeight: 641 - 300 }],
    ["the narrowest one", { innerWidth: 1366 - 160 }],
    ["the lowest one", { innerHeight: 641 - 160 }],
    ["tools at the side, with a scroll bar below", { innerWidth: 1366 - 480, innerHeight: 641 - 17 }],
  ])("%s", (_, change) => {
    expect(opened(change)).toBe(true);
  });

  test.each([
    ["nothing", {}],
    ["just too narrow", { innerWidth: 1366 - 159 }],
    ["just too low", { innerHeight: 641 - 159 }],
    ["a bar of bookmarks", { innerHeight: 641 - 33 }],
    ["a bar of bookmarks and one of downloads", { innerHeight: 641 - 33 - 57 }],
    ["zoom to 125 %", { innerWidth: 1093, innerHeight: 513, pixelRatio: 1.25 }],
    ["zoom to 200 %", { innerWidth: 683, innerHeight: 320, pixelRatio: 2 }],
    ["zoom to 50 %", { innerWidth: 2732, innerHeight: 1282, pixelRatio: 0.5 }],
    ["a smaller window", { outerWidth: 1000, innerWidth: 1000 }],
    ["half of the screen", { outerWidth: 683, innerWidth: 683 }],
    ["a keyboard that pushes the window up", { outerHeight: 420, innerHeight: 333 }],
    ["the whole screen is left", { innerHeight: 641 - 200, isFull: true }],
    ["two fingers", { innerWidth: 683, innerHeight: 320, pinch: 2 }],
    ["the pane is closed again", { innerWidth: 1366 + 480 }],
    ["both measures at once", { innerWidth: 1366 - 400, innerHeight: 641 - 300 }],
  ])("is not: %s", (_, change) => {
    expect(opened(change)).toBe(false);
  });

  test("a keyboard on the screen takes from the height while somebody types by touch", () => {
    expect(opened({ innerHeight: 641 - 280 }, true)).toBe(false);
    expect(opened({ innerHeight: 641 - 280 }, false)).toBe(true);
    expect(opened({ innerWidth: 1366 - 480 }, true)).toBe(true);
  });
});

test("syllables that an input method brings by the clipboard are typed, texts are pasted", () => {
  for (const typed of ["ế", "nghiêng", "nghie\u0302ng", "Thuyền", "a"]) expect(isTyped(typed)).toBe(true);
  for (const pasted of ["Hà Nội", "một\nhai", "123456789", "Nguyễn Thị"]) expect(isTyped(pasted)).toBe(false);
});

test("what was copied inside the page may be pasted there, as the last few texts", () => {
  const own = new OwnTexts();
  own.remember("Đà  Nẵng\nlà thành phố");
  expect(own.has("Đà Nẵng là thành phố ")).toBe(true);
  expect(own.has("Đà Nẵng")).toBe(false);
  own.remember("   ");
  expect(own.has("")).toBe(false);
  for (let n = 0; n < OwnTexts.MOST; n += 1) own.remember(`đoạn ${n}`);
  expect(own.has("Đà Nẵng là thành phố")).toBe(false);
  expect(own.has("đoạn 0")).toBe(true);
});

describe("no more than a few a minute are written down", () => {
  test("what is more is counted into one", () => {
    const quota = new Quota<"copy" | "print">(3, 60_000);
    const written = [0, 1, 2, 3, 4, 59_999].map((now) => quota.take("copy", now));
    expect(written).toEqual([true, true, true, false, false, false]);
    expect(quota.take("print", 5)).toBe(true);
    expect(quota.due(59_999)).toEqual([]);
    expect(quota.due(60_000)).toEqual([["copy", 3]]);
    expect(quota.due(60_000)).toEqual([]);
    // The one that was counted is the first of the next minute.
    expect([60_001, 60_002, 60_003].map((now) => quota.take("copy", now))).toEqual([true, true, false]);
  });

  test("a quiet minute forgets", () => {
    const quota = new Quota<"copy">(1, 60_000);
    expect([quota.take("copy", 0), quota.take("copy", 1)]).toEqual([true, false]);
    expect(quota.due(60_000)).toEqual([["copy", 1]]);
    expect(quota.due(120_000)).toEqual([]);
    expect(quota.take("copy", 120_001)).toBe(true);
  });

  test("an hour of it is a few hundred lines at most, and every time is counted", () => {
    const quota = new Quota<"copy">(5, 60_000);
    let lines = 0;
    let times = 0;
    const end = 3_600_000;
    for (let now = 0; now <= end + 60_000; now += 100) {
      if (now <= end && quota.take("copy", now)) {
        lines += 1;
        times += 1;
      }
      for (const [, held] of quota.due(now)) {
        lines += 1;
        times += held;
      }
    }
    expect(times).toBe(36_001);
    expect(lines).toBeLessThanOrEqual(61 * 6);
  });
});
