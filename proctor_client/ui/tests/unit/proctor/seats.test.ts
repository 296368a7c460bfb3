import { expect, test } from "vitest";
import {
  canLock,
  countStates,
  isShown,
  isSuspicious,
  nextWait,
  offlineNow,
  remainingNow,
  type Seat,
  states,
  toneOf,
} from "../../../src/proctor/seats";

const makeSeat = (changes: Partial<Seat> = {}): Seat => ({
  registration_id: "r1",
  seat_number: 1,
  candidate_number: "LD0001",
  full_name: "Nguyễn Thị Thuỳ Dương",
  birth_date: "05/02/1990",
  state: "running",
  needs_unlock: false,
  reported_fault: null,
  answered: 10,
  total: 40,
  flagged: 0,
  remaining_ms: 60_000,
  last_seen_at: null,
  offline_ms: null,
  focus_lost_count: 0,
  extra_minutes: 0,
  credit_ms: 0,
  paused_since: null,
  can_reopen: false,
  ...changes,
});

test("time left runs on between two looks and ends at nothing", () => {
  expect(remainingNow(makeSeat(), 2_500)).toBe(57_500);
  expect(remainingNow(makeSeat(), 61_000)).toBe(0);
  expect(remainingNow(makeSeat({ remaining_ms: null }), 2_500)).toBeNull();
  expect(remainingNow(makeSeat({ state: "paused" }), 2_500)).toBe(60_000);
});

test("a lost connection grows longer between two looks", () => {
  expect(offlineNow(makeSeat({ offline_ms: 48_000 }), 3_000)).toBe(51_000);
  expect(offlineNow(makeSeat(), 3_000)).toBeNull();
});

test("leaving the window or a changed computer makes a working seat stand out, nothing else does", () => {
  expect(isSuspicious(makeSeat())).toBe(false);
  expect(isSuspicious(makeSeat({ focus_lost_count: 1 }))).toBe(true);
  expect(isSuspicious(makeSeat({ needs_unlock: true }))).toBe(true);
  expect(isSuspicious(makeSeat({ focus_lost_count: 1, state: "submitted" }))).toBe(false);
});

test("only a seat that is unlocked and has not started can be locked again", () => {
  expect(states.filter((state) => canLock(makeSeat({ state })))).toEqual(["unlocked"]);
});

test("the filter for waiting seats asks for the unlock, not for the state", () => {
  expect(isShown(makeSeat({ needs_unlock: true }), "waiting")).toBe(true);
  expect(isShown(makeSeat({ state: "confirmed" }), "waiting")).toBe(false);
  expect(isShown(makeSeat(), null)).toBe(true);
  expect(isShown(makeSeat(), "offline")).toBe(false);
});

test("every seat is counted in exactly one state", () => {
  const seats = states.flatMap((state) => [makeSeat({ state }), makeSeat({ state })]);
  const counts = countStates(seats);
  expect([...counts.values()]).toEqual(states.map(() => 2));
});

test("a lost connection is the one state in red", () => {
  expect(states.filter((state) => toneOf(state) === "bad")).toEqual(["offline"]);
});

test("looks are about three seconds apart, and rarer the longer the server is away", () => {
  expect(nextWait(0, 0, null)).toBeCloseTo(2_700);
  expect(nextWait(0, 1, null)).toBeCloseTo(3_300);
  const waits = [0, 1, 2, 3, 4, 5, 9].map((failures) => nextWait(failures, 0.5, null));
  expect(waits).toEqual([3_000, 6_000, 12_000, 24_000, 30_000, 30_000, 30_000]);
});

test("the server's Retry-After is respected when it is longer", () => {
  expect(nextWait(0, 0.5, 10_000)).toBe(10_000);
  expect(nextWait(0, 0.5, 1_000)).toBe(3_000);
});
