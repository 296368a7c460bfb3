import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Held } from "../../../src/items/typing";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function held(): { taken: string[]; text: Held } {
  const taken: string[] = [];
  return { taken, text: new Held((text) => taken.push(text), 500, 3_000) };
}

test("a text is handed over once, after nobody has typed for a moment", () => {
  const { taken, text } = held();
  for (const typed of ["S", "Sa", "Sao"]) {
    text.put(typed);
    vi.advanceTimersByTime(499);
  }
  expect(taken).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(taken).toEqual(["Sao"]);
  vi.advanceTimersByTime(10_000);
  expect(taken).toEqual(["Sao"]);
});

test("whoever types without a pause loses at most three seconds", () => {
  const { taken, text } = held();
  for (let at = 0; at <= 3_000; at += 100) {
    text.put(String(at));
    vi.advanceTimersByTime(100);
  }
  expect(taken).toHaveLength(1);
  expect(Number(taken[0])).toBeGreaterThanOrEqual(2_900);
});

test("leaving the field hands over at once, and only what is new", () => {
  const { taken, text } = held();
  text.put("Sao lưu");
  expect(text.isHolding).toBe(true);
  text.flush();
  text.flush();
  expect(taken).toEqual(["Sao lưu"]);
  expect(text.isHolding).toBe(false);
});
