import { describe, expect, test } from "vitest";
import {
  formatDate,
  formatDateTime,
  formatMark,
  formatNumber,
  formatRemaining,
  formatTimeWithSeconds,
} from "../../src/lib/format";

describe("dates and times are Vietnam's whatever the PC's zone", () => {
  test("the evening of a UTC day is the next day in Vietnam", () => {
    expect(formatDate("2026-12-31T17:00:00Z")).toBe("01/01/2027");
    expect(formatDate("2026-12-31T16:59:59Z")).toBe("31/12/2026");
  });
  test("leading zeros stay", () => {
    expect(formatDateTime("2026-01-05T01:02:03Z")).toBe("08:02 05/01/2026");
    expect(formatTimeWithSeconds(Date.UTC(2026, 0, 5, 1, 2, 3))).toBe("08:02:03");
  });
});

describe("remaining time", () => {
  test.each([
    [0, "00:00"],
    [-5, "00:00"],
    [1, "00:01"],
    [1000, "00:01"],
    [1001, "00:02"],
    [59 * 60_000 + 59_000, "59:59"],
    [3_600_000, "1:00:00"],
    [5_400_000, "1:30:00"],
  ])("%i ms is shown as %s", (ms, text) => {
    expect(formatRemaining(ms)).toBe(text);
  });
});

describe("numbers take a decimal comma and a dot for thousands", () => {
  test.each([
    [18640, 0, "18.640"],
    [999, 0, "999"],
    [1234567, 0, "1.234.567"],
    [1234.5, 2, "1.234,50"],
    [-1.9, 2, "-1,90"],
    [-0.001, 2, "0,00"],
  ])("%d with %i decimals is %s", (value, decimals, text) => {
    expect(formatNumber(value, decimals)).toBe(text);
  });
  test("a mark keeps every digit the server wrote", () => {
    expect(formatMark("7.25")).toBe("7,25");
    expect(formatMark("10")).toBe("10");
  });
});
