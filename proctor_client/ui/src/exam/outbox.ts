/** Brings the journal to the server: batches, receipts, gaps, back-off. Nothing here needs a browser. */
import { ApiProblem } from "../lib/api/problem";
import type { JournalOp, Receipt } from "../lib/api/types";

const MAX_BATCH = 200;
/** Letters of one batch: long texts go in several, so that a slow line brings each within the time-out. */
const MAX_BATCH_LENGTH = 200_000;
const SAVE_DELAY_MS = 300;
const HEARTBEAT_MS = 15_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** Rounds without progress after which sending counts as failed. */
const MAX_IDLE_ROUNDS = 5;
/** Failures after which a browser without the seat stops handing over what it still holds. */
const MAX_HAND_OVER_FAILURES = 8;

/** How the server is reached at the moment. */
export type Link = "online" | "offline" | "busy" | "signed_out";

/** Why sending has ended for good: another seat took over, the attempt is closed, or the journals differ. */
export type End = "fenced" | "closed" | "forked";

export interface Batch {
  ops: JournalOp[];
  confirmed: string[];
}

export interface Timers {
  /** Monotonic ms. */
  now(): number;
  set(act: () => void, ms: number): unknown;
  clear(timer: unknown): void;
}

export interface OutboxOptions {
  journal: {
    readonly lastSeq: number;
    hashAt(seq: number): string | undefined;
    after(seq: number, limit: number): JournalOp[];
  };
  attemptId: string;
  epoch: number;
  /** Operations known to be stored by the server. */
  acknowledged: number;
  /** Posts one batch; throws `ApiProblem`. */
  send(batch: Batch): Promise<Receipt>;
  timers: Timers;
  random(): number;
  onReceipt(receipt: Receipt): void;
  onChange(): void;
}

/** Time until the next save: soon while the server is well, spread ever wider as it gets busy, far off at 10. */
export function saveDelayMs(health: number, random: number): number {
  if (health >= 10) return 10_000 + random * 20_000;
  return SAVE_DELAY_MS + random * health * 1_000;
}

/** Exponential back-off with jitter; what the server asks for is the least. */
export function retryDelayMs(failures: number, retryAfterMs: number | null, random: number): number {
  const backOff = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)) * (0.5 + random);
  return retryAfterMs === null ? backOff : retryAfterMs + random * Math.max(1_000, retryAfterMs);
}

export const heartbeatDelayMs = (random: number): number => HEARTBEAT_MS * (0.8 + 0.4 * random);

/** As many operations from the first on as go together, at least one. */
function withinLength(ops: JournalOp[]): JournalOp[] {
  let length = 0;
  const end = ops.findIndex(({ body }, at) => {
    length += body.length;
    return at > 0 && length > MAX_BATCH_LENGTH;
  });
  return end < 0 ? ops : ops.slice(0, end);
}

const endOf = (problem: ApiProblem): End | null =>
  problem.code === "seat_fenced" ? "fenced" : problem.code === "attempt_closed" ? "closed" : null;

export function linkOf(problem: unknown): Link {
  if (!(problem instanceof ApiProblem)) return "offline";
  if (problem.status === 401) return "signed_out";
  return problem.status === 503 || problem.status === 429 || problem.status === 425 ? "busy" : "offline";
}

export class Outbox {
  link: Link = "online";
  end: End | null = null;
  acknowledged: number;
  /** First operation that the server will never take, for instance one made after the deadline. */
  refusedFrom: number | null = null;

  readonly #o: OutboxOptions;
  #epoch: number;
  readonly #confirmed = new Set<string>();
  #health = 0;
  #failures = 0;
  #timer: unknown = null;
  #dueAt = Number.POSITIVE_INFINITY;
  #running: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  constructor(options: OutboxOptions) {
    this.#o = options;
    this.acknowledged = options.acknowledged;
    this.#epoch = options.epoch;
  }

  /** Last operation that can still reach the server. */
  get sendable(): number {
    return this.refusedFrom === null ? this.#o.journal.lastSeq : this.refusedFrom - 1;
  }

  get pending(): number {
    return Math.max(0, this.sendable - this.acknowledged);
  }

  /** Sends at once and then keeps the heartbeat going. */
  start(): void {
    this.#schedule(0);
  }

  /** There is something new to send. */
  wake(): void {
    if (this.#failures === 0) this.#schedule(saveDelayMs(this.#health, this.#o.random()));
  }

  /** The network or the login is back: no need to wait for the back-off to end. */
  retryNow(): void {
    if (this.#failures > 0) this.#schedule(this.#o.random() * 1_000);
  }

  /** Tells the server with the next batch that the candidate has seen an instruction. */
  confirm(instructionId: string): void {
    this.#confirmed.add(instructionId);
    this.wake();
  }

  /** The server has let this browser go on under a new epoch, and holds operations up to `acknowledged`. */
  rejoin(epoch: number, acknowledged: number): void {
    this.#epoch = epoch;
    this.acknowledged = acknowledged;
    this.end = null;
    this.#failures = 0;
    this.#schedule(0);
  }

  /** Sends nothing by itself until `rejoin`: the server would take this browser for a stranger. */
  hold(): void {
    this.#cancel();
  }

  /** Stops the heartbeat; a flush still works. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  /** Sends until the server has everything. Throws the `ApiProblem` that stands in the way. */
  async flush(): Promise<void> {
    for (let idle = 0; this.pending > 0 && this.end === null; ) {
      const before = this.acknowledged;
      await this.#exclusively(() => this.#sendOnce());
      idle = this.acknowledged > before ? 0 : idle + 1;
      if (idle >= MAX_IDLE_ROUNDS) throw new ApiProblem(0, "no_progress", "", "");
    }
  }

  /** The server lacks operations from `seq` on, whatever it said before. */
  rewind(seq: number): void {
    this.acknowledged = Math.max(0, Math.min(this.acknowledged, seq - 1));
  }

  #cancel(): void {
    if (this.#timer !== null) this.#o.timers.clear(this.#timer);
    this.#timer = null;
    this.#dueAt = Number.POSITIVE_INFINITY;
  }

  /** Keeps the earlier of two plans. */
  #schedule(ms: number): void {
    const dueAt = this.#o.timers.now() + ms;
    if (this.#isStopped || this.end !== null || dueAt >= this.#dueAt) return;
    this.#cancel();
    this.#dueAt = dueAt;
    this.#timer = this.#o.timers.set(() => {
      this.#timer = null;
      this.#dueAt = Number.POSITIVE_INFINITY;
      void this.#round();
    }, ms);
  }

  async #round(): Promise<void> {
    const before = this.acknowledged;
    try {
      await this.#exclusively(() => this.#sendOnce());
    } catch (problem) {
      const retryAfterMs = problem instanceof ApiProblem ? problem.retryAfterMs : null;
      this.#schedule(retryDelayMs(this.#failures, retryAfterMs, this.#o.random()));
      return;
    }
    const hasMore = this.pending > 0 || this.#confirmed.size > 0;
    if (!hasMore) this.#schedule(heartbeatDelayMs(this.#o.random()));
    else if (this.acknowledged > before) this.#schedule(saveDelayMs(this.#health, this.#o.random()));
    // The server answered but took nothing: do not run in circles.
    else this.#schedule(retryDelayMs(2, null, this.#o.random()));
  }

  #exclusively<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#running.then(act, act);
    this.#running = result.catch(() => undefined);
    return result;
  }

  async #sendOnce(): Promise<void> {
    if (this.end !== null) return;
    const batch: Batch = { ops: this.#opsAfter(this.acknowledged), confirmed: [...this.#confirmed] };
    let receipt: Receipt;
    try {
      receipt = await this.#o.send(batch);
    } catch (problem) {
      this.#failures += 1;
      if (problem instanceof ApiProblem) this.end = endOf(problem);
      if (this.end === "fenced") void this.#handOver(batch.ops.at(-1)?.seq ?? this.sendable);
      this.link = linkOf(problem);
      this.#o.onChange();
      throw problem;
    }
    this.#failures = 0;
    this.link = "online";
    if (receipt.attempt_id === this.#o.attemptId && receipt.epoch === this.#epoch) {
      for (const id of batch.confirmed) this.#confirmed.delete(id);
      this.#take(receipt);
    }
    this.#o.onChange();
  }

  #opsAfter(seq: number): JournalOp[] {
    const limit = Math.min(MAX_BATCH, this.sendable - seq);
    return withinLength(this.#o.journal.after(seq, Math.max(0, limit)));
  }

  /** The seat is another browser's: the server keeps for the board what comes from here, though it refuses it. */
  async #handOver(handedOver: number): Promise<void> {
    for (let failures = 0; handedOver < this.sendable && failures < MAX_HAND_OVER_FAILURES; ) {
      const ops = this.#opsAfter(handedOver);
      try {
        await this.#o.send({ ops, confirmed: [] });
        return;
      } catch (problem) {
        const isKept = problem instanceof ApiProblem && endOf(problem) === "fenced";
        if (isKept) {
          handedOver = ops.at(-1)?.seq ?? this.sendable;
          failures = 0;
          continue;
        }
        failures += 1;
        const retryAfterMs = problem instanceof ApiProblem ? problem.retryAfterMs : null;
        const waitMs = retryDelayMs(failures, retryAfterMs, this.#o.random());
        await new Promise<void>((resolve) => this.#o.timers.set(resolve, waitMs));
      }
    }
  }

  #take(receipt: Receipt): void {
    this.#health = receipt.health;
    const expected = this.#o.journal.hashAt(receipt.last_seq);
    if (expected !== receipt.chain_head || receipt.refused.some(({ code }) => code === "broken_chain")) {
      // Another browser has written under this attempt; only a fresh resume can say what holds.
      this.end = "forked";
      return;
    }
    // A late receipt says less than an earlier one; only a named gap takes anything back.
    this.acknowledged = Math.max(this.acknowledged, receipt.last_seq);
    if (receipt.want_from !== null) this.rewind(receipt.want_from);
    const refused = receipt.refused.map(({ seq }) => seq).filter((seq) => seq > this.acknowledged);
    if (refused.length > 0)
      this.refusedFrom = Math.min(this.refusedFrom ?? Number.POSITIVE_INFINITY, ...refused);
    this.#o.onReceipt(receipt);
    if (receipt.refused.some(({ code }) => code === "closed")) this.end = "closed";
  }
}
