/** Asks the server for something that needs the whole journal there, and goes on asking until it has answered. */
import { ApiProblem } from "../lib/api/problem";
import type { Journal } from "./journal";
import { type End, type Link, linkOf, type Outbox, retryDelayMs } from "./outbox";

/** Everything up to `last_seq` is on the server when it is asked. */
export interface JournalHead {
  epoch: number;
  last_seq: number;
  chain_head: string;
}

/** What the attempt says of itself whenever it is asked, and hears. */
export interface Insisting {
  epoch(): number;
  /** Why nothing can be asked any more. */
  end(): End | null;
  /** The proctor has to unlock the seat first. */
  isHeld(): boolean;
  onEnd(end: End): void;
  onLink(link: Link): void;
  onUploadsIncomplete(): void;
}

export class Insistence {
  #wake: (() => void) | null = null;

  constructor(
    private readonly journal: Journal,
    private readonly outbox: Outbox,
    private readonly attempt: Insisting,
  ) {}

  /** The answer; null when nobody wants it any more, or the attempt has ended. */
  async until<T>(isWanted: () => boolean, ask: (head: JournalHead) => Promise<T>): Promise<T | null> {
    for (let failures = 1; isWanted() && this.attempt.end() === null; failures += 1) {
      if (this.attempt.isHeld()) await this.pause(Number.POSITIVE_INFINITY);
      try {
        await this.outbox.flush();
        if (this.outbox.end !== null) return null;
        const seq = this.outbox.sendable;
        const head = {
          epoch: this.attempt.epoch(),
          last_seq: seq,
          chain_head: this.journal.hashAt(seq) ?? "",
        };
        return await ask(head);
      } catch (problem) {
        if (problem instanceof ApiProblem && this.#settle(problem)) continue;
        this.attempt.onLink(linkOf(problem));
        const retryAfterMs = problem instanceof ApiProblem ? problem.retryAfterMs : null;
        await this.pause(retryDelayMs(failures, retryAfterMs, Math.random()));
      }
    }
    return null;
  }

  /** Waits for so long, or until `retryNow`. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = Number.isFinite(ms) ? setTimeout(() => this.#wake?.(), ms) : undefined;
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }

  /** The network or the seat is back: no need to wait any longer. */
  retryNow(): void {
    this.#wake?.();
  }

  /** Answers of the server that say how to go on at once; false when only waiting helps. */
  #settle(problem: ApiProblem): boolean {
    const params = problem.extra.params as { want_from?: unknown } | undefined;
    const wantFrom = problem.extra.want_from ?? params?.want_from;
    if (problem.code === "journal_incomplete" && typeof wantFrom === "number") {
      this.outbox.rewind(wantFrom);
      // With nothing left to send the two journals end differently; only a fresh resume can say what holds.
      if (this.outbox.pending === 0) this.attempt.onEnd("forked");
      return true;
    }
    if (problem.code === "uploads_incomplete") this.attempt.onUploadsIncomplete();
    if (problem.code === "seat_fenced") this.attempt.onEnd("fenced");
    if (problem.code === "attempt_closed") this.attempt.onEnd("closed");
    return this.attempt.end() !== null;
  }
}
