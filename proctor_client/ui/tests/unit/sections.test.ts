import { describe, expect, test } from "vitest";
import { SectionCourse } from "../../src/exam/course.svelte";
import {
  leavings,
  openAt,
  type PaperSection,
  type SectionTime,
  shifted,
  timesAfter,
} from "../../src/exam/sections";
import type { ItemView, JournalOp } from "../../src/lib/api/types";

const MINUTE = 60_000;
const START = Date.UTC(2026, 11, 12, 1);

const section = (number: number, minutes: number, refs: string[]): PaperSection => ({
  number,
  title: `Phần ${number}`,
  kind: "questions",
  minutes,
  navigation: "free",
  refs,
});
const PLAN = [section(1, 10, ["q01", "q02"]), section(2, 20, ["q03"]), section(3, 30, ["q04", "q05"])];
const ITEMS = PLAN.flatMap(({ refs }) => refs.map((ref) => ({ ref }) as ItemView));

/** Minutes after the start. */
const at = (minutes: number): number => START + minutes * MINUTE;
const times = (...bounds: number[]): SectionTime[] =>
  bounds.slice(1).map((end, i) => ({ number: i + 1, startsMs: at(bounds[i] ?? 0), endsMs: at(end) }));
const GIVEN = times(0, 10, 30, 60);
const minutesOf = (found: readonly SectionTime[]): number[] => [
  ((found[0]?.startsMs ?? 0) - START) / MINUTE,
  ...found.map(({ endsMs }) => (endsMs - START) / MINUTE),
];
const op = (seq: number, body: object): JournalOp => ({
  seq,
  hash: "",
  body: JSON.stringify({ seq, ...body }),
});
const left = (...entries: [number, number][]) =>
  new Map(entries.map(([number, minutes]) => [number, at(minutes)]));

describe("times", () => {
  test("what nobody left early stands as the server gave it", () => {
    expect(timesAfter(GIVEN, PLAN, new Map(), at(60))).toEqual(GIVEN);
  });

  test("what follows a section left early begins at once and keeps its length", () => {
    expect(minutesOf(timesAfter(GIVEN, PLAN, left([1, 4]), at(60)))).toEqual([0, 4, 24, 54]);
    expect(minutesOf(timesAfter(GIVEN, PLAN, left([1, 4], [2, 5]), at(60)))).toEqual([0, 4, 5, 35]);
  });

  test("leaving at or after the end changes nothing", () => {
    expect(timesAfter(GIVEN, PLAN, left([1, 10], [2, 45]), at(60))).toEqual(GIVEN);
  });

  test("a leaving that the server knows already is not counted twice", () => {
    const known = times(0, 4, 24, 54);
    expect(timesAfter(known, PLAN, left([1, 4]), at(60))).toEqual(known);
    // Its written times are cut to the millisecond, ours are not.
    expect(timesAfter(known, PLAN, new Map([[1, at(4) - 0.7]]), at(60))[1]?.endsMs).toBe(at(24));
  });

  test("a section that the deadline cuts gets its minutes back when it begins earlier, and not more", () => {
    const cut = times(0, 10, 30, 40);
    expect(minutesOf(timesAfter(cut, PLAN, left([1, 2]), at(40)))).toEqual([0, 2, 22, 40]);
    expect(minutesOf(timesAfter(cut, PLAN, left([1, 1], [2, 2]), at(40)))).toEqual([0, 1, 2, 32]);
  });

  test("extra time that the server has shared out is kept when a section begins earlier", () => {
    expect(minutesOf(timesAfter(times(0, 12, 36, 72), PLAN, left([1, 2]), at(72)))).toEqual([0, 2, 26, 62]);
  });

  test("a pause moves the end of the open section and all that follows", () => {
    expect(minutesOf(shifted(GIVEN, 2, 5 * MINUTE))).toEqual([0, 10, 35, 65]);
    expect(shifted(GIVEN, 2, 5 * MINUTE)[1]?.startsMs).toBe(at(10));
  });

  test("the open section is the first that was not left and is not over; the last instant still counts", () => {
    expect(openAt(GIVEN, new Map(), at(10) - 1)?.number).toBe(1);
    expect(openAt(GIVEN, new Map(), at(10))?.number).toBe(2);
    expect(openAt(GIVEN, new Map([[1, 0]]), at(1))?.number).toBe(2);
    expect(openAt(GIVEN, new Map(), at(60))).toBeUndefined();
  });
});

test("leaving a section leaves those before it, at the first word of it", () => {
  const ops = [
    op(1, { kind: "answer", item: "q01", value: ["2"], at_ms: 1 }),
    op(2, { kind: "leave_section", value: ["2"], at_ms: 700 }),
    op(3, { kind: "leave_section", value: ["1"], at_ms: 900 }),
    op(4, { kind: "leave_section", value: ["x"], at_ms: 950 }),
  ];
  expect([...leavings(ops, 3)]).toEqual([
    [1, 700],
    [2, 700],
  ]);
});

describe("course", () => {
  const course = (ops: JournalOp[] = [], given = GIVEN) =>
    new SectionCourse(PLAN, ITEMS, given, ops, START, at(60));

  test("goes through the sections by time", () => {
    const found = course();
    expect([found.open, found.startOf(1), found.startOf(2), found.startOf(3), found.startOf(4)]).toEqual([
      1, 0, 2, 3, 5,
    ]);
    expect(found.overdue(at(9))).toBe(0);
    expect(found.overdue(at(10))).toBe(1);
    expect(found.overdue(at(31))).toBe(2);
    expect(found.overdue(at(61))).toBe(3);
    found.leave(1, at(10), at(60));
    expect([found.open, found.endsMs, found.isStale]).toEqual([2, at(30), false]);
  });

  test("leaving early moves what follows and asks the server for its word", () => {
    const found = course();
    found.leave(1, at(3), at(60));
    expect([found.open, found.endsMs, found.wholeEndsMs, found.isStale]).toEqual([2, at(23), at(53), true]);
    const iso = (ms: number): string => new Date(ms).toISOString();
    const views = times(0, 3, 23, 54).map(({ number, startsMs, endsMs }) => ({
      number,
      starts_at: iso(startsMs),
      ends_at: iso(endsMs),
    }));
    found.adopt(views, at(60));
    expect([found.wholeEndsMs, found.isStale]).toEqual([at(54), false]);
  });

  test("goes on after a reload where the journal stands, whatever the server had heard", () => {
    const found = course([op(1, { kind: "leave_section", value: ["1"], at_ms: 2 * MINUTE })]);
    expect([found.open, found.endsMs]).toEqual([2, at(22)]);
  });

  test("time given back in the open section moves its end", () => {
    const found = course();
    found.moveBy(3 * MINUTE);
    expect([found.endsMs, found.wholeEndsMs, found.isStale]).toEqual([at(13), at(63), true]);
  });
});
