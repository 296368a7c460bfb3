/** The course of an attempt through the sections of its paper: which one is open, and until when. */
import type { Views } from "../lib/api/server";
import type { ItemView, JournalOp } from "../lib/api/types";
import {
  addLeaving,
  leavings,
  openAt,
  type PaperSection,
  type SectionTime,
  sectionTimes,
  shifted,
  timesAfter,
} from "./sections";

export class SectionCourse {
  /** Number of the open section, from 1; one more than there are once all are over. */
  open = $state(1);
  times = $state.raw<readonly SectionTime[]>([]);
  /** The server may know better: time was given back, or a section was left early. */
  isStale = false;
  readonly #startedAtMs: number;
  /** ms after the start. */
  readonly #left: Map<number, number>;
  readonly #starts: readonly number[];

  constructor(
    readonly all: readonly PaperSection[],
    items: readonly ItemView[],
    given: readonly SectionTime[],
    ops: readonly JournalOp[],
    startedAtMs: number,
    deadlineMs: number,
  ) {
    this.#startedAtMs = startedAtMs;
    this.#left = leavings(ops, all.length);
    this.#starts = [...all.map(({ refs }) => items.findIndex(({ ref }) => refs.includes(ref))), items.length];
    this.open = this.#left.size + 1;
    this.#follow(given, deadlineMs);
  }

  get section(): PaperSection | undefined {
    return this.all[this.open - 1];
  }

  get next(): PaperSection | undefined {
    return this.all[this.open];
  }

  /** Position of the first item of section `number`, also of the one after the last. */
  startOf(number: number): number {
    return this.#starts[number - 1] ?? 0;
  }

  /** How many sections were over by the candidate's word or by the time at `nowMs`, but not yet by the journal. */
  overdue(nowMs: number): number {
    const open = openAt(this.times, this.#left, nowMs)?.number ?? this.all.length + 1;
    return Math.max(0, open - this.open);
  }

  get endsMs(): number {
    return this.times[Math.min(this.open, this.all.length) - 1]?.endsMs ?? 0;
  }

  get wholeEndsMs(): number {
    return this.times.at(-1)?.endsMs ?? 0;
  }

  /** Section `number` is over, `nowMs` on the server's clock. */
  leave(number: number, nowMs: number, deadlineMs: number): void {
    const wasEarly = nowMs < this.endsMs;
    addLeaving(this.#left, number, nowMs - this.#startedAtMs);
    this.open = number + 1;
    this.#follow(this.times, deadlineMs);
    this.isStale ||= wasEarly;
  }

  /** A pause or time given back has moved the attempt's deadline; the server's own times follow later. */
  moveBy(ms: number): void {
    this.times = shifted(this.times, this.open, ms);
    this.isStale = true;
  }

  adopt(views: readonly Views["SectionTimeView"][], deadlineMs: number): void {
    this.isStale = false;
    this.#follow(sectionTimes(views), deadlineMs);
  }

  #follow(given: readonly SectionTime[], deadlineMs: number): void {
    const left = new Map([...this.#left].map(([number, ms]) => [number, this.#startedAtMs + ms]));
    this.times = timesAfter(given, this.all, left, deadlineMs);
  }
}
