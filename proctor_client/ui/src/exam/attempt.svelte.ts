/** One running attempt: answers, clock, saving, messages and the way to the final receipt. */
import { type AnswerState, answerState } from "../items/answered";
import { ApiProblem } from "../lib/api/problem";
import type { AttemptView, Instruction, ItemView, JournalOp, Receipt, StageView } from "../lib/api/types";
import { announcementDue, remainingMs, type ServerClock } from "./clock";
import type { Journal } from "./journal";
import { PaperMedia } from "./media";
import { News } from "./news";
import { type End, type Link, linkOf, Outbox, retryDelayMs } from "./outbox";
import type { Paper } from "./paper";
import { postJournal, postStage, postSubmission, timed } from "./server";
import { type Act, type Answers, actsOf, apply, fold, noAnswers } from "./state";
import type { ExamStore, FinalReceipt, Mark, StoredAttempt } from "./store";

const TICK_MS = 200;
const MARK_MS = 5_000;
/** At the common deadline everybody submits; a few random seconds keep that from being one moment. */
const SUBMIT_SPREAD_MS = 3_000;

/** `advancing`: the open part is closed and the next one asked for. */
export type Stage = "answering" | "review" | "advancing" | "finishing";

export interface AttemptEvents {
  announce(minutes: number): void;
  onDeadlineMoved(deadline: string): void;
  /** The server has everything and has closed the attempt at the candidate's wish. */
  onSubmitted(final: FinalReceipt): void;
  /** Sending has ended for a reason that the page must act on. */
  onEnd(end: End): void;
}

export interface AttemptParts extends AttemptEvents {
  facts: StoredAttempt;
  paper: Paper;
  journal: Journal;
  clock: ServerClock;
  store: ExamStore;
  acknowledged: number;
  savedAtMs: number | null;
  /** Time left in a pause that goes on, as this browser knows it. */
  pausedLeftMs: number | null;
  messages: Instruction[];
  /** Operations found in this browser that belong to another course of the attempt. */
  strandedCount: number;
}

export class RunningAttempt {
  answers = $state.raw<Answers>(noAnswers);
  /** Position of the item shown, from 0. */
  position = $state(0);
  stage = $state<Stage>("answering");
  isTimeOver = $state(false);
  /** The proctor has stopped the clock; nothing is asked of the candidate. */
  isPaused = $state(false);
  /** Whole seconds left, rounded up, so that the view changes once a second. */
  secondsLeft = $state(0);
  link = $state<Link>("online");
  end = $state<End | null>(null);
  /** Operations that the server has not acknowledged yet. */
  pending = $state(0);
  /** Operations that came too late or were refused. */
  lost = $state(0);
  savedAtMs = $state<number | null>(null);
  isDiskFailing = $state(false);
  /** Signed in again; the proctor has to unlock the seat before anything more is sent. */
  isAwaitingUnlock = $state(false);
  messages = $state.raw<Instruction[]>([]);
  unread = $state.raw<Instruction[]>([]);

  /** Parts given so far, in a paper that is not the same for everybody. */
  givenParts = $state.raw<readonly StageView[]>([]);
  facts: StoredAttempt;
  readonly strandedCount: number;
  readonly #parts: AttemptParts;
  readonly #journal: Journal;
  readonly #clock: ServerClock;
  readonly #outbox: Outbox;
  readonly #media = new PaperMedia();
  readonly #startedAtMs: number;
  #deadline: string;
  #lastLeftMs: number;
  /** Time that is left when the clock goes on; null while it runs. */
  #pausedLeftMs: number | null;
  #appending = 0;
  #isAway = false;
  #isNotedOffline = false;
  #isEndTold = false;
  #isFinished = false;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #marker: ReturnType<typeof setInterval> | undefined;
  #retry: (() => void) | null = null;
  readonly #listening = new AbortController();
  readonly #news = new News(() => this.#outbox.wake());

  constructor(parts: AttemptParts) {
    this.#parts = parts;
    this.facts = parts.facts;
    this.givenParts = parts.facts.stages;
    this.#media.add(parts.paper.media);
    for (const part of parts.facts.stages) this.#media.add(part.media);
    this.strandedCount = parts.strandedCount;
    this.#journal = parts.journal;
    this.#clock = parts.clock;
    this.#startedAtMs = Date.parse(parts.facts.started_at);
    this.#deadline = parts.facts.deadline;
    this.#pausedLeftMs = parts.pausedLeftMs;
    this.isPaused = parts.pausedLeftMs !== null;
    this.#lastLeftMs = this.#leftMs();
    this.secondsLeft = Math.ceil(this.#lastLeftMs / 1000);
    this.savedAtMs = parts.savedAtMs;
    this.messages = parts.messages;
    const acts = actsOf(parts.journal.after(0, parts.journal.lastSeq));
    this.answers = fold(acts);
    this.#isNotedOffline =
      acts.findLast(({ kind }) => kind === "offline" || kind === "online")?.kind === "offline";
    this.position = Math.max(
      this.firstOpen,
      this.items.findIndex(({ ref }) => ref === this.answers.current),
    );
    if (this.isComplete) this.stage = "review";
    this.#outbox = new Outbox({
      journal: parts.journal,
      attemptId: parts.facts.attempt_id,
      epoch: parts.facts.epoch,
      acknowledged: parts.acknowledged,
      send: (batch) => this.#send(batch),
      timers: {
        now: () => performance.now(),
        set: (act, ms) => setTimeout(act, ms),
        clear: (timer) => clearTimeout(timer as number),
      },
      random: Math.random,
      onReceipt: (receipt) => this.#take(receipt),
      onChange: () => this.#followOutbox(),
    });
    this.pending = this.#outbox.pending;
  }

  /** Starts clock, saving and the watch on focus and network. */
  run(): void {
    if (this.answers.current === null)
      this.#record({ kind: "navigate", item: this.#itemAt(this.position).ref });
    this.#outbox.start();
    this.#news.listen();
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#marker = setInterval(() => void this.#saveMark(), MARK_MS);
    void this.#saveMark();
    const { signal } = this.#listening;
    const away = (): void => this.#setAway(document.hidden || !document.hasFocus());
    document.addEventListener("visibilitychange", away, { signal });
    window.addEventListener("blur", away, { signal });
    window.addEventListener("focus", away, { signal });
    window.addEventListener("online", () => this.retryNow(), { signal });
    window.addEventListener("pagehide", () => void this.#saveMark(), { signal });
  }

  /** Lets go of timers and listeners; the journal stays on the disk. */
  dispose(): void {
    this.#outbox.stop();
    this.#news.close();
    clearInterval(this.#ticker);
    clearInterval(this.#marker);
    this.#listening.abort();
    this.#media.revoke();
  }

  get isOpen(): boolean {
    return (
      !this.isTimeOver &&
      !this.isPaused &&
      this.end === null &&
      (this.stage === "answering" || this.stage === "review")
    );
  }

  get design(): Paper["design"] {
    return this.#parts.paper.design;
  }

  /** Every item given so far. */
  get items(): readonly ItemView[] {
    return this.design === "linear" ? this.#parts.paper.items : this.givenParts.flatMap(({ items }) => items);
  }

  /** Items of the whole paper, those that are still to come too. */
  get total(): number {
    return this.isComplete ? this.items.length : Math.max(this.#parts.paper.item_count, this.items.length);
  }

  /** Position of the first item that can still be answered; earlier parts are closed. */
  get firstOpen(): number {
    return this.items.length - (this.givenParts.at(-1)?.items.length ?? this.items.length);
  }

  /** Every part of the paper is closed; it can only be handed in. */
  get isComplete(): boolean {
    return this.design !== "linear" && this.givenParts.at(-1)?.items.length === 0;
  }

  get deadline(): string {
    return this.#deadline;
  }

  /** Address of a picture, a sound or a file of the paper. */
  readonly mediaUrl = (sha256: string): string => this.#media.url(sha256);

  /** How far an item is answered. */
  stateOf(item: ItemView): AnswerState {
    return answerState(item, this.answers.responses.get(item.ref) ?? []);
  }

  respond(ref: string, response: readonly string[]): void {
    this.#record(
      response.length > 0 ? { kind: "answer", item: ref, value: response } : { kind: "clear", item: ref },
    );
  }

  toggleFlag(ref: string): void {
    this.#record({ kind: this.answers.flagged.has(ref) ? "unflag" : "flag", item: ref });
  }

  /** Shows the item at `position` (from 0), also from the review. */
  show(position: number): void {
    if (!this.isOpen || position < this.firstOpen || position >= this.items.length) return;
    this.stage = "answering";
    if (position === this.position) return;
    this.position = position;
    this.#record({ kind: "navigate", item: this.#itemAt(position).ref });
  }

  review(): void {
    if (this.isOpen) this.stage = "review";
  }

  /** Closes the open part and goes on to the next; goes on trying until the server has answered. */
  async advance(): Promise<void> {
    if (this.design === "linear" || this.isComplete || !this.isOpen) return;
    this.stage = "advancing";
    await this.#journal.settled();
    for (let failures = 1; this.stage === "advancing" && this.end === null; failures += 1) {
      if (this.isAwaitingUnlock) await this.#pause(Number.POSITIVE_INFINITY);
      try {
        await this.#outbox.flush();
        if (this.#outbox.end !== null) break;
        const seq = this.#outbox.sendable;
        const part = await postStage(this.facts.attempt_id, {
          epoch: this.facts.epoch,
          number: this.givenParts.length + 1,
          last_seq: seq,
          chain_head: this.#journal.hashAt(seq) ?? "",
        });
        if (this.stage === "advancing") await this.#open(part);
        return;
      } catch (problem) {
        if (problem instanceof ApiProblem && this.#settle(problem)) continue;
        this.link = linkOf(problem);
        const retryAfterMs = problem instanceof ApiProblem ? problem.retryAfterMs : null;
        await this.#pause(retryDelayMs(failures, retryAfterMs, Math.random()));
      }
    }
    this.#ended();
  }

  async #open(part: StageView): Promise<void> {
    this.link = "online";
    this.#media.add(part.media);
    this.givenParts = [...this.givenParts, part];
    this.stage = this.isComplete ? "review" : "answering";
    if (!this.isComplete) {
      this.position = this.firstOpen;
      this.#record({ kind: "navigate", item: this.#itemAt(this.position).ref });
    }
    this.facts = { ...this.facts, stages: [...this.givenParts] };
    try {
      await this.#parts.store.saveAttempt(this.facts);
    } catch {
      this.isDiskFailing = true;
    }
  }

  /** The candidate has seen a message of the proctor. */
  acknowledge(message: Instruction): void {
    this.unread = this.unread.filter(({ id }) => id !== message.id);
    this.#outbox.confirm(message.id);
    void this.#saveMark();
  }

  /** The network is back. */
  retryNow(): void {
    if (this.isAwaitingUnlock) return;
    this.#outbox.retryNow();
    this.#retry?.();
  }

  /** Keeps everything here until `rejoin`; the candidate goes on working. */
  awaitUnlock(): void {
    this.isAwaitingUnlock = true;
    this.link = "online";
    this.#outbox.hold();
  }

  /** Every operation so far, once all of it is on the disk. */
  async journal(): Promise<JournalOp[]> {
    await Promise.all([this.#journal.settled(), this.#saveMark()]);
    return this.#journal.after(0, this.#journal.lastSeq);
  }

  /** Goes on under the epoch that the server has given this login; the journal must continue the server's. */
  async rejoin(view: AttemptView): Promise<void> {
    this.facts = { ...this.facts, epoch: view.epoch, deadline: view.deadline };
    this.#deadline = view.deadline;
    this.#pausedLeftMs = null;
    this.isPaused = false;
    this.isAwaitingUnlock = false;
    this.#outbox.rejoin(view.epoch, view.last_seq);
    this.#retry?.();
    try {
      await this.#parts.store.saveAttempt(this.facts);
    } catch {
      this.isDiskFailing = true;
    }
  }

  /** Sends what is left and ends the attempt; goes on trying until the server has answered. */
  async submit(): Promise<void> {
    if (this.stage === "finishing") return;
    this.stage = "finishing";
    this.#outbox.stop();
    await this.#journal.settled();
    if (this.isTimeOver) await this.#pause(Math.random() * SUBMIT_SPREAD_MS);
    for (let failures = 1; this.end === null; failures += 1) {
      if (this.isAwaitingUnlock) await this.#pause(Number.POSITIVE_INFINITY);
      try {
        await this.#outbox.flush();
        if (this.#outbox.end !== null) break;
        const seq = this.#outbox.sendable;
        const { receipt, state } = await postSubmission(this.facts.attempt_id, {
          epoch: this.facts.epoch,
          last_seq: seq,
          chain_head: this.#journal.hashAt(seq) ?? "",
        });
        await this.#finished(receipt, state === "ended");
        return;
      } catch (problem) {
        if (problem instanceof ApiProblem && this.#settle(problem)) continue;
        this.link = linkOf(problem);
        const retryAfterMs = problem instanceof ApiProblem ? problem.retryAfterMs : null;
        await this.#pause(retryDelayMs(failures, retryAfterMs, Math.random()));
      }
    }
    this.#ended();
  }

  /** Answers of the server that say how to go on at once; false when only waiting helps. */
  #settle(problem: ApiProblem): boolean {
    const params = problem.extra.params as { want_from?: unknown } | undefined;
    const wantFrom = problem.extra.want_from ?? params?.want_from;
    if (problem.code === "journal_incomplete" && typeof wantFrom === "number") {
      this.#outbox.rewind(wantFrom);
      // With nothing left to send the two journals end differently; only a fresh resume can say what holds.
      if (this.#outbox.pending === 0) this.end = "forked";
      return true;
    }
    if (problem.code === "seat_fenced") this.end = "fenced";
    if (problem.code === "attempt_closed") this.end = "closed";
    return this.end !== null;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = Number.isFinite(ms) ? setTimeout(() => this.#retry?.(), ms) : undefined;
      this.#retry = () => {
        clearTimeout(timer);
        this.#retry = null;
        resolve();
      };
    });
  }

  async #finished(receipt: Receipt, wasEnded: boolean): Promise<void> {
    this.#isFinished = true;
    this.dispose();
    const final: FinalReceipt = {
      receipt,
      savedAtMs: this.#serverMsOf(receipt),
      answered: this.answers.responses.size,
      items: this.total,
      late: this.#journal.lastSeq - receipt.last_seq,
      wasEnded,
    };
    const { attempt_id, seat } = this.facts;
    try {
      await this.#parts.store.finish(attempt_id, seat.paper?.id ?? null, final);
    } catch {
      // A failing disk keeps the old journal; the server knows better and says so at the next visit.
    }
    this.#parts.onSubmitted(final);
  }

  #itemAt(position: number): Paper["items"][number] {
    const item = this.items[position];
    if (!item) throw new RangeError(`no item at position ${position}`);
    return item;
  }

  #leftMs(): number {
    return this.#pausedLeftMs ?? remainingMs(this.#clock, Date.parse(this.#deadline));
  }

  /** Shows the act at once and writes it down; after the deadline nothing is taken any more. */
  #record(act: Act): void {
    if (this.isTimeOver || this.end !== null || this.stage === "finishing") return;
    this.answers = apply(this.answers, act);
    this.#appending += 1;
    this.#countPending();
    void this.#journal.append(act, this.#clock.now() - this.#startedAtMs).then(() => {
      this.#appending -= 1;
      this.isDiskFailing = this.#journal.hasStoreFailed;
      this.#countPending();
      this.#outbox.wake();
    });
  }

  #setAway(isAway: boolean): void {
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    this.#record({ kind: isAway ? "focus_lost" : "focus_gained" });
  }

  #tick(): void {
    const left = this.#leftMs();
    this.secondsLeft = Math.ceil(left / 1000);
    const minutes = announcementDue(this.#lastLeftMs, left);
    this.#lastLeftMs = left;
    if (minutes !== null && this.isOpen) this.#parts.announce(minutes);
    if (left <= 0 && !this.isTimeOver && this.end === null) {
      this.isTimeOver = true;
      void this.submit();
    }
  }

  async #send(batch: Parameters<typeof postJournal>[2]): Promise<Receipt> {
    const { body, sentAt, receivedAt } = await timed(() =>
      postJournal(this.facts.attempt_id, this.facts.epoch, batch),
    );
    // At zero and in a pause what is left does not say where the server's clock stands.
    if (body.remaining_ms > 0 && body.phase === "running")
      this.#clock.observe({ serverMs: this.#serverMsOf(body), sentAt, receivedAt });
    return body;
  }

  /** The receipt's own moment to the millisecond; its written time may be rounded. */
  #serverMsOf(receipt: Receipt): number {
    return receipt.remaining_ms > 0 && receipt.phase === "running"
      ? Date.parse(receipt.deadline) - receipt.remaining_ms
      : Date.parse(receipt.server_time);
  }

  #take(receipt: Receipt): void {
    this.savedAtMs = this.#serverMsOf(receipt);
    this.#followClock(receipt);
    const known = new Set(this.messages.map(({ id }) => id));
    const fresh = receipt.instructions.filter(({ id }) => !known.has(id));
    if (fresh.length > 0) {
      this.messages = [...this.messages, ...fresh];
      this.unread = [...this.unread, ...fresh];
    }
    void this.#saveMark();
  }

  /** Stops, moves and restarts the clock as the server says. */
  #followClock(receipt: Receipt): void {
    this.isPaused = receipt.phase === "paused";
    this.#pausedLeftMs = this.isPaused ? receipt.remaining_ms : null;
    if (Date.parse(receipt.deadline) === Date.parse(this.#deadline)) return;
    this.#deadline = receipt.deadline;
    this.#lastLeftMs = this.#leftMs();
    if (receipt.phase === "running") this.#parts.onDeadlineMoved(receipt.deadline);
  }

  #countPending(): void {
    this.pending = this.#outbox.pending + this.#appending;
  }

  #followOutbox(): void {
    this.link = this.#outbox.link;
    this.#ended();
    if (this.#outbox.refusedFrom !== null) this.lost = this.#journal.lastSeq - this.#outbox.refusedFrom + 1;
    this.#countPending();
    this.#noteConnection(this.link);
  }

  /** Writes each loss and return of the connection down once, also across reloads. */
  #noteConnection(link: Link): void {
    const isOffline = link === "offline";
    if (link === "online") this.#news.listen();
    if (isOffline === this.#isNotedOffline || (link !== "offline" && link !== "online")) return;
    this.#isNotedOffline = isOffline;
    this.#record({ kind: link });
  }

  #ended(): void {
    if (this.end === null && this.#outbox.end !== null) this.end = this.#outbox.end;
    if (this.end === null || this.#isEndTold) return;
    this.#isEndTold = true;
    this.#parts.onEnd(this.end);
  }

  async #saveMark(): Promise<void> {
    if (!this.#clock.isSet || this.#isFinished) return;
    const mark: Mark = {
      clock: this.#clock.mark(Date.now()),
      acknowledged: this.#outbox.acknowledged,
      savedAtMs: this.savedAtMs,
      deadline: this.#deadline,
      pausedLeftMs: this.#pausedLeftMs,
      messages: this.messages.filter(({ id }) => !this.unread.some((unread) => unread.id === id)),
    };
    try {
      await this.#parts.store.saveMark(this.facts.attempt_id, mark);
    } catch {
      this.isDiskFailing = true;
    }
  }
}
