/** The server's time on this page, from differences of one monotonic clock; the PC's own clock may be wrong. */

export interface Sample {
  /** Server time, epoch ms, taken somewhere between sending and receiving. */
  serverMs: number;
  /** Monotonic ms. */
  sentAt: number;
  receivedAt: number;
}

/** What survives a reload without a network. */
export interface ClockMark {
  /** Server time, epoch ms, when the mark was made. */
  serverMs: number;
  /** The PC's clock at that moment; only its difference is used. */
  wallMs: number;
}

/** Clocks of two machines drift apart; after this long even a coarser sample is better than the old one. */
const STALE_MS = 120_000;

export class ServerClock {
  #offset = 0;
  #error = Number.POSITIVE_INFINITY;
  #takenAt = Number.NEGATIVE_INFINITY;

  /** `monotonic` is `performance.now` on a page. */
  constructor(private readonly monotonic: () => number) {}

  /** Whether anything is known yet. */
  get isSet(): boolean {
    return this.#error !== Number.POSITIVE_INFINITY;
  }

  /** Half the round trip: the true server time lies within ± this of `now()`. */
  get errorMs(): number {
    return this.#error;
  }

  /**
   * Takes a sample if it is sharper than what is known, contradicts it, or replaces a stale one.
   *
   * The server read its clock between sending and receiving, so the middle of the two is off by half the round trip
   * at most.
   */
  observe({ serverMs, sentAt, receivedAt }: Sample): void {
    const error = (receivedAt - sentAt) / 2;
    const offset = serverMs - (sentAt + receivedAt) / 2;
    const contradicts = Math.abs(offset - this.#offset) > error + this.#error;
    if (error <= this.#error || contradicts || receivedAt - this.#takenAt > STALE_MS) {
      this.#offset = offset;
      this.#error = error;
      this.#takenAt = receivedAt;
    }
  }

  /** Server time, epoch ms. */
  now(): number {
    return this.monotonic() + this.#offset;
  }

  mark(wallMs: number): ClockMark {
    return { serverMs: this.now(), wallMs };
  }

  /**
   * Goes on from a mark after a reload offline. A PC clock that was set back meanwhile gives no time back: the page
   * never believes in an earlier moment than the mark's. The first answer of the server corrects everything.
   */
  restore(mark: ClockMark, wallMs: number): void {
    this.#offset = mark.serverMs + Math.max(0, wallMs - mark.wallMs) - this.monotonic();
    this.#error = STALE_MS;
    this.#takenAt = this.monotonic();
  }
}

/** Time left until `deadlineMs`, never negative. */
export const remainingMs = (clock: ServerClock, deadlineMs: number): number =>
  Math.max(0, deadlineMs - clock.now());

/** Minutes left at which the candidate is told. */
export const ANNOUNCED_MINUTES: readonly number[] = [30, 15, 5, 1];
/** The same for a section. */
export const SECTION_ANNOUNCED_MINUTES: readonly number[] = [5, 1];

/** The announcement due when the time left passes from `before` to `after` ms; the smallest if several. */
export function announcementDue(
  before: number,
  after: number,
  announced: readonly number[] = ANNOUNCED_MINUTES,
): number | null {
  return announced.findLast((minutes) => before > minutes * 60_000 && after <= minutes * 60_000) ?? null;
}
