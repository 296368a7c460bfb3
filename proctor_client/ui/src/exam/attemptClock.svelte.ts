/** The time of an attempt: runs by the server's clock, stands still in a pause, ends sections and the whole. */
import type { Receipt } from "../lib/api/types";
import { announcementDue, remainingMs, SECTION_ANNOUNCED_MINUTES, type ServerClock } from "./clock";
import type { SectionCourse } from "./course.svelte";

export class AttemptClock {
  /** The proctor has stopped the clock; nothing is asked of the candidate. */
  isPaused = $state(false);
  /** Whole seconds left, of the open section where there are sections; rounded up, so that the view changes once a second. */
  secondsLeft = $state(0);
  /** Seconds until the end of the last section, while another one is open. */
  wholeSecondsLeft = $state<number | null>(null);
  readonly #clock: ServerClock;
  readonly #course: SectionCourse | null;
  #deadline: string;
  /** Time that is left when the clock goes on; null while it runs. */
  #pausedLeftMs: number | null;
  #lastLeftMs: number;

  constructor(
    clock: ServerClock,
    course: SectionCourse | null,
    deadline: string,
    pausedLeftMs: number | null,
  ) {
    this.#clock = clock;
    this.#course = course;
    this.#deadline = deadline;
    this.#pausedLeftMs = pausedLeftMs;
    this.isPaused = pausedLeftMs !== null;
    this.#lastLeftMs = this.#leftMs();
    this.secondsLeft = Math.ceil(this.#lastLeftMs / 1000);
  }

  /** Server time, epoch ms. */
  now(): number {
    return this.#clock.now();
  }

  get deadline(): string {
    return this.#deadline;
  }

  get deadlineMs(): number {
    return Date.parse(this.#deadline);
  }

  get pausedLeftMs(): number | null {
    return this.#pausedLeftMs;
  }

  /** Shows the time left; gives it, in ms, and the minutes that are to be announced now, if any. */
  tick(): { leftMs: number; announced: number | null } {
    const course = this.#course;
    const leftMs = this.#leftMs();
    this.secondsLeft = Math.ceil(leftMs / 1000);
    this.wholeSecondsLeft = course?.next ? Math.ceil(this.#leftMs(course.wholeEndsMs) / 1000) : null;
    const announced = announcementDue(
      this.#lastLeftMs,
      leftMs,
      course ? SECTION_ANNOUNCED_MINUTES : undefined,
    );
    this.#lastLeftMs = leftMs;
    return { leftMs, announced };
  }

  /** The open section or its end is another now: what lies between is not announced. */
  jump(): void {
    this.#lastLeftMs = this.#leftMs();
  }

  /** Stops, moves and restarts the clock as the server says; true when the deadline of a running clock has moved. */
  follow(receipt: Receipt): boolean {
    this.isPaused = receipt.phase === "paused";
    this.#pausedLeftMs = this.isPaused ? receipt.remaining_ms : null;
    const movedMs = Date.parse(receipt.deadline) - this.deadlineMs;
    if (movedMs === 0) return false;
    this.#course?.moveBy(movedMs);
    this.#deadline = receipt.deadline;
    this.jump();
    return receipt.phase === "running";
  }

  /** Goes on after the server has given the attempt back to this browser. */
  goOn(deadline: string): void {
    this.#deadline = deadline;
    this.#pausedLeftMs = null;
    this.isPaused = false;
  }

  /** Time left until an instant, the end of the open section or the deadline by default; in a pause it stands still. */
  #leftMs(untilMs = this.#course?.endsMs ?? Number.POSITIVE_INFINITY): number {
    const endsMs = Math.min(untilMs, this.deadlineMs);
    if (this.#pausedLeftMs === null) return remainingMs(this.#clock, endsMs);
    return Math.max(0, this.#pausedLeftMs - (this.deadlineMs - endsMs));
  }
}
