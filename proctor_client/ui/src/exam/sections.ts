/** Sections of a paper in time, by the rules of the server; nothing here waits for it. */
import type { Views } from "../lib/api/server";
import type { JournalOp } from "../lib/api/types";

export interface PaperSection {
  /** From 1. */
  number: number;
  title: string;
  kind: "questions" | "practical";
  minutes: number;
  /** `forward`: nobody returns to an earlier item of the section. */
  navigation: "free" | "forward";
  refs: string[];
}

export interface SectionTime {
  number: number;
  /** Server time, epoch ms. */
  startsMs: number;
  /** The last instant at which work in the section counts. */
  endsMs: number;
}

const MINUTE_MS = 60_000;
/** Written times are cut to the millisecond; a smaller difference says nothing. */
const SLACK_MS = 50;

export const sectionTimes = (views: readonly Views["SectionTimeView"][]): SectionTime[] =>
  views.map(({ number, starts_at, ends_at }) => ({
    number,
    startsMs: Date.parse(starts_at),
    endsMs: Date.parse(ends_at),
  }));

/** When each section was left, ms after the start, by its number; leaving one leaves all before it. */
export function leavings(ops: readonly JournalOp[], sections: number): Map<number, number> {
  const left = new Map<number, number>();
  for (const { body } of ops) {
    const { kind, value, at_ms } = JSON.parse(body) as { kind: string; value?: string[]; at_ms: number };
    if (kind === "leave_section") addLeaving(left, Math.min(Number(value?.[0]), sections), at_ms);
  }
  return left;
}

/** Section `number` and those before it are over, unless they were over earlier. */
export function addLeaving(left: Map<number, number>, number: number, atMs: number): void {
  for (let earlier = 1; earlier <= number; earlier += 1) if (!left.has(earlier)) left.set(earlier, atMs);
}

/**
 * The times of the sections after what this browser's journal says was left.
 *
 * `given` are the server's, which may not have heard of the last leaving: the sections that follow then begin earlier
 * and keep their length.
 */
export function timesAfter(
  given: readonly SectionTime[],
  sections: readonly PaperSection[],
  leftAtMs: ReadonlyMap<number, number>,
  deadlineMs: number,
): SectionTime[] {
  let since = given[0]?.startsMs ?? 0;
  return given.map(({ number, startsMs, endsMs }, i) => {
    const isMoved = startsMs - since > SLACK_MS;
    if (!isMoved) since = startsMs;
    // The deadline may have cut the section where the server saw it; earlier it has all its minutes again.
    const length = Math.max(endsMs - startsMs, (sections[i]?.minutes ?? 0) * MINUTE_MS);
    const until = isMoved ? Math.min(since + length, deadlineMs) : endsMs;
    const time = {
      number,
      startsMs: since,
      endsMs: Math.max(since, Math.min(until, leftAtMs.get(number) ?? until)),
    };
    since = time.endsMs;
    return time;
  });
}

/** The times after a pause, or time given back, in section `open`: its end moves, and all that follows. */
export const shifted = (times: readonly SectionTime[], open: number, byMs: number): SectionTime[] =>
  times.map(({ number, startsMs, endsMs }) => ({
    number,
    startsMs: number > open ? startsMs + byMs : startsMs,
    endsMs: number >= open ? endsMs + byMs : endsMs,
  }));

/** The section that is open at an instant; undefined once all are over. */
export const openAt = (
  times: readonly SectionTime[],
  left: ReadonlyMap<number, number>,
  nowMs: number,
): SectionTime | undefined => times.find(({ number, endsMs }) => !left.has(number) && endsMs > nowMs);
