import { describe, expect, test } from "vitest";
import { announcementDue, remainingMs, ServerClock } from "../../src/exam/clock";

function clockAt(start: number): { clock: ServerClock; run: (ms: number) => void; at: () => number } {
  let monotonic = start;
  return { clock: new ServerClock(() => monotonic), run: (ms) => (monotonic += ms), at: () => monotonic };
}

const NINE = Date.UTC(2026, 11, 12, 2, 0, 0);

test("time goes on with the monotonic clock between two samples", () => {
  const { clock, run } = clockAt(5_000);
  clock.observe({ serverMs: NINE, sentAt: 5_000, receivedAt: 5_000 });
  run(61_500);
  expect(clock.now()).toBe(NINE + 61_500);
  expect(remainingMs(clock, NINE + 60_000)).toBe(0);
  expect(remainingMs(clock, NINE + 62_000)).toBe(500);
});

test("the error never exceeds half the round trip, wherever in it the server read its clock", () => {
  for (const share of [0, 0.25, 0.5, 1]) {
    const { clock } = clockAt(1_000);
    clock.observe({ serverMs: NINE + 400 * share, sentAt: 600, receivedAt: 1_000 });
    const truth = NINE + 400;
    expect(Math.abs(clock.now() - truth)).toBeLessThanOrEqual(200);
    expect(clock.errorMs).toBe(200);
  }
});

test("a slow answer does not spoil a sharp one", () => {
  const { clock, run, at } = clockAt(0);
  clock.observe({ serverMs: NINE, sentAt: 0, receivedAt: 10 });
  run(3_000);
  clock.observe({ serverMs: NINE + 1_700, sentAt: at() - 2_500, receivedAt: at() });
  expect(clock.errorMs).toBe(5);
  expect(clock.now()).toBe(NINE - 5 + 3_000);
});

test("a sample that contradicts what is known is believed, for the server decides time", () => {
  const { clock, run, at } = clockAt(0);
  clock.observe({ serverMs: NINE, sentAt: 0, receivedAt: 10 });
  run(1_000);
  clock.observe({ serverMs: NINE + 60_000, sentAt: at() - 100, receivedAt: at() });
  expect(clock.now()).toBe(NINE + 60_050);
});

test("a coarser sample replaces one older than two minutes", () => {
  const { clock, run, at } = clockAt(0);
  clock.observe({ serverMs: NINE, sentAt: 0, receivedAt: 0 });
  run(120_000);
  clock.observe({ serverMs: NINE + 119_985, sentAt: at() - 40, receivedAt: at() });
  expect(clock.errorMs).toBe(0);
  run(1);
  clock.observe({ serverMs: NINE + 119_986, sentAt: at() - 40, receivedAt: at() });
  expect(clock.errorMs).toBe(20);
});

describe("after a reload without a network", () => {
  const before = clockAt(9_000_000);
  before.clock.observe({ serverMs: NINE, sentAt: 9_000_000, receivedAt: 9_000_000 });
  const WRONG_WALL = Date.UTC(2009, 0, 1);
  const mark = before.clock.mark(WRONG_WALL);

  test("the clock is right although the PC's clock is years off", () => {
    const { clock, run } = clockAt(30);
    clock.restore(mark, WRONG_WALL + 45_000);
    expect(clock.now()).toBe(NINE + 45_000);
    run(5_000);
    expect(clock.now()).toBe(NINE + 50_000);
  });
  test("setting the PC's clock back gives no time back", () => {
    const { clock } = clockAt(30);
    clock.restore(mark, WRONG_WALL - 3_600_000);
    expect(clock.now()).toBe(NINE);
  });
  test("the server's first answer corrects it", () => {
    const { clock, at } = clockAt(30);
    clock.restore(mark, WRONG_WALL - 3_600_000);
    clock.observe({ serverMs: NINE + 90_000, sentAt: at(), receivedAt: at() });
    expect(clock.now()).toBe(NINE + 90_000);
  });
});

describe("announcements of the time left", () => {
  const minutes = (n: number): number => n * 60_000;
  test.each([
    [minutes(30) + 1, minutes(30), 30],
    [minutes(30), minutes(30) - 250, null],
    [minutes(15) + 1, minutes(15) - 200, 15],
    [minutes(5) + 1, minutes(5), 5],
    [minutes(1) + 1, minutes(1), 1],
    [minutes(40), minutes(4), 5],
    [minutes(1), 0, null],
  ])("from %i to %i ms left: %s", (before, after, due) => {
    expect(announcementDue(before, after)).toBe(due);
  });
});
