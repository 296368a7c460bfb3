/** One running attempt: answers, clock, saving, messages and the way to the final receipt. */
import { type AnswerState, answerState } from "../items/answered";
import { halves } from "../items/types";
import { ApiProblem } from "../lib/api/problem";
import type { AttemptView, Instruction, ItemView, JournalOp, Receipt, StageView } from "../lib/api/types";
import { announcementDue, remainingMs, SECTION_ANNOUNCED_MINUTES, type ServerClock } from "./clock";
import { SectionCourse } from "./course.svelte";
import type { NamedFile, Uploads } from "./files/uploads.svelte";
import type { Journal } from "./journal";
import { PaperMedia } from "./media";
import { News } from "./news";
import { type End, type Link, linkOf, Outbox, retryDelayMs } from "./outbox";
import type { Paper } from "./paper";
import type { PaperSection, SectionTime } from "./sections";
import { postJournal, postStage, postSubmission, readSections, timed } from "./server";
import { type Act, type Answers, actsOf, apply, fold, noAnswers } from "./state";
import type { ExamStore, FinalReceipt, Mark, StoredAttempt } from "./store";

const TICK_MS = 200;
const MARK_MS = 5_000;
/** At the common deadline everybody submits; a few random seconds keep that from being one moment. */
const SUBMIT_SPREAD_MS = 3_000;
/** After a pause everybody asks for the times of the sections; that too need not be one moment. */
const ASK_SPREAD_MS = 2_000;
/** What is typed is held back for a moment; so long before an end it is taken over as it stands. */
const TAKE_OVER_MS = 400;

/** `advancing`: the open part is closed and the next one asked for. */
export type Stage = "answering" | "review" | "advancing" | "finishing";

/** What the candidate wants while files are on their way: hand in without them, or go back to work. */
export type FileDecision = "go_on" | "go_back";

export interface AttemptEvents {
  /** So many minutes are left, of the section if one is given. */
  announce(minutes: number, section: PaperSection | null): void;
  /** The next section has begun, because the time of the one before was over or at the candidate's wish. */
  onSectionBegun(section: PaperSection, wasTimeOver: boolean): void;
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
  /** When the sections begin and end, as last heard; none when the paper is one piece. */
  sectionTimes: SectionTime[];
  /** Brings files to the server; null when no item asks for any. */
  uploads: Uploads | null;
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
  /** Whole seconds left, of the open section where there are sections; rounded up, so that the view changes once a second. */
  secondsLeft = $state(0);
  /** Seconds until the end of the last section, while another one is open. */
  wholeSecondsLeft = $state<number | null>(null);
  /** Handing in waits for files that are still on their way. */
  isWaitingForFiles = $state(false);
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
  /** Null when the paper is one piece. */
  readonly course: SectionCourse | null;
  readonly uploads: Uploads | null;
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
  #isAskingSections = false;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #marker: ReturnType<typeof setInterval> | undefined;
  #retry: (() => void) | null = null;
  #decide: ((decision: FileDecision) => void) | null = null;
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
    this.uploads = parts.uploads;
    const { sections = [], items } = parts.paper;
    const deadlineMs = Date.parse(this.#deadline);
    const ops = parts.journal.after(0, parts.journal.lastSeq);
    this.course =
      sections.length > 0 && parts.sectionTimes.length > 0
        ? new SectionCourse(sections, items, parts.sectionTimes, ops, this.#startedAtMs, deadlineMs)
        : null;
    this.#lastLeftMs = this.#leftMs();
    this.secondsLeft = Math.ceil(this.#lastLeftMs / 1000);
    this.savedAtMs = parts.savedAtMs;
    this.messages = parts.messages;
    const acts = actsOf(ops);
    this.answers = fold(acts);
    this.#isNotedOffline =
      acts.findLast(({ kind }) => kind === "offline" || kind === "online")?.kind === "offline";
    this.position = Math.max(
      this.partStart,
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
    this.#followSections();
    const { ref } = this.#itemAt(this.position);
    if (this.answers.current === null || (this.course && this.answers.current !== ref))
      this.#record({ kind: "navigate", item: ref });
    this.#outbox.start();
    void this.uploads?.start({
      wanted: () => this.namedFiles,
      epoch: () => this.facts.epoch,
      isHeld: () => this.isAwaitingUnlock || this.end !== null,
      now: () => this.#clock.now(),
      onRefused: () => this.#outbox.wake(),
    });
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
    this.uploads?.stop();
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

  /** Position of the first item of the open section or part; 0 when the paper is one piece. */
  get partStart(): number {
    if (this.course) return this.course.startOf(Math.min(this.course.open, this.course.all.length));
    return this.items.length - (this.givenParts.at(-1)?.items.length ?? this.items.length);
  }

  /** Position after the last item of the open section or part. */
  get partEnd(): number {
    return this.course?.next ? this.course.startOf(this.course.open + 1) : this.items.length;
  }

  /** In a section that only goes forward nobody returns to an earlier item. */
  get isForward(): boolean {
    return this.course?.section?.navigation === "forward";
  }

  /** Position of the first item that can still be answered; what lies before it is closed. */
  get firstOpen(): number {
    return this.isForward ? Math.max(this.partStart, this.position) : this.partStart;
  }

  /** The item's number as it is shown: counted within its section. */
  numberOf(position: number): number {
    return position + 1 - (this.course ? this.partStart : 0);
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
    if (this.#isClosed(ref)) return;
    this.#record(
      response.length > 0 ? { kind: "answer", item: ref, value: response } : { kind: "clear", item: ref },
    );
    this.uploads?.wake();
  }

  /** A file may be read, or a text held back, beyond the end of its section; then it does not count. */
  #isClosed(ref: string): boolean {
    if (!this.course) return false;
    this.#followSections();
    const position = this.items.findIndex((item) => item.ref === ref);
    return position < this.firstOpen || position >= this.partEnd;
  }

  toggleFlag(ref: string): void {
    this.#record({ kind: this.answers.flagged.has(ref) ? "unflag" : "flag", item: ref });
  }

  /** Shows the item at `position` (from 0), also from the review. */
  show(position: number): void {
    // Where nobody can return, nothing is passed by accident: one item follows the other.
    const end = this.isForward ? Math.min(this.partEnd, this.position + 2) : this.partEnd;
    if (!this.isOpen || position < this.firstOpen || position >= end) return;
    this.stage = "answering";
    if (position === this.position) return;
    this.position = position;
    this.#record({ kind: "navigate", item: this.#itemAt(position).ref });
  }

  review(): void {
    if (this.isOpen) this.stage = "review";
  }

  /** The candidate leaves the open section for good, before its time is over. */
  leaveSection(): void {
    if (this.isOpen && this.course?.next) this.#leave(this.course.open, this.#clock.now(), false);
  }

  /** Goes on from sections whose time is over; once the attempt itself is over there is nothing to go on to. */
  #followSections(): void {
    const now = this.#clock.now();
    if (now > Date.parse(this.#deadline)) return;
    const overdue = this.course && !this.isPaused ? this.course.overdue(now) : 0;
    // After the last section there is nothing to go on to; the page hands in then.
    const left = this.course ? Math.min(this.course.open + overdue, this.course.all.length) - 1 : 0;
    if (overdue > 0 && this.course && left >= this.course.open) this.#leave(left, now, true);
  }

  #leave(number: number, now: number, wasTimeOver: boolean): void {
    const { course } = this;
    if (!course || this.isTimeOver || this.end !== null || this.stage === "finishing") return;
    this.#record({ kind: "leave_section", value: [String(number)] });
    course.leave(number, now, Date.parse(this.#deadline));
    this.position = this.partStart;
    this.stage = "answering";
    this.#record({ kind: "navigate", item: this.#itemAt(this.position).ref });
    this.#lastLeftMs = this.#leftMs();
    void this.#saveMark();
    if (course.section) this.#parts.onSectionBegun(course.section, wasTimeOver);
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
    this.uploads?.wake();
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
    this.course?.adopt(view.sections, Date.parse(view.deadline));
    this.uploads?.wake();
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
    await this.#journal.settled();
    if (!(await this.#filesArrived())) return;
    this.#outbox.stop();
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
          files: this.uploads?.arrived(this.namedFiles) ?? [],
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

  /** Waits for the files that the answers name; false when the candidate goes back to work instead. */
  async #filesArrived(): Promise<boolean> {
    const { uploads } = this;
    if (!uploads || uploads.missing(this.namedFiles).length === 0) return true;
    this.isWaitingForFiles = true;
    uploads.wake();
    const decision = await Promise.race([
      uploads.settled().then(() => "go_on" as const),
      new Promise<FileDecision>((resolve) => {
        this.#decide = resolve;
      }),
    ]);
    this.isWaitingForFiles = false;
    if (decision === "go_back" && !this.isTimeOver) this.stage = "review";
    return decision === "go_on" || this.isTimeOver;
  }

  /** While handing in waits for files: hands in without them, or goes back to work. */
  decide(decision: FileDecision): void {
    this.#decide?.(decision);
  }

  /** The files that the answers name. */
  get namedFiles(): NamedFile[] {
    const tasks = this.items.filter(({ interaction }) => interaction === "file_upload");
    return tasks.flatMap(({ ref }) =>
      (this.answers.responses.get(ref) ?? [])
        .map(halves)
        .map(([sha256, name]) => ({ item: ref, sha256, name })),
    );
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
    if (problem.code === "uploads_incomplete") void this.uploads?.refresh();
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

  /** Time left until an instant, the end of the open section or the deadline by default; in a pause it stands still. */
  #leftMs(untilMs = this.course?.endsMs ?? Number.POSITIVE_INFINITY): number {
    const deadlineMs = Date.parse(this.#deadline);
    const endsMs = Math.min(untilMs, deadlineMs);
    if (this.#pausedLeftMs === null) return remainingMs(this.#clock, endsMs);
    return Math.max(0, this.#pausedLeftMs - (deadlineMs - endsMs));
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
    this.#followSections();
    const { course } = this;
    const left = this.#leftMs();
    this.secondsLeft = Math.ceil(left / 1000);
    this.wholeSecondsLeft = course?.next ? Math.ceil(this.#leftMs(course.wholeEndsMs) / 1000) : null;
    const minutes = announcementDue(this.#lastLeftMs, left, course ? SECTION_ANNOUNCED_MINUTES : undefined);
    this.#lastLeftMs = left;
    if (minutes !== null && this.isOpen) this.#parts.announce(minutes, course?.section ?? null);
    const { activeElement } = document;
    if (left < TAKE_OVER_MS && this.isOpen && activeElement instanceof HTMLTextAreaElement)
      activeElement.blur();
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
    if (this.course?.isStale && receipt.phase === "running" && this.#outbox.pending === 0)
      void this.#askSections();
    void this.#saveMark();
  }

  async #askSections(): Promise<void> {
    const { course } = this;
    if (!course || this.#isAskingSections) return;
    this.#isAskingSections = true;
    try {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * ASK_SPREAD_MS));
      const { sections } = await readSections(this.facts.attempt_id);
      if (!this.isPaused) course.adopt(sections, Date.parse(this.#deadline));
      this.#lastLeftMs = this.#leftMs();
      void this.#saveMark();
    } catch {
      // The next receipt asks again; until then the times moved along with the deadline.
    } finally {
      this.#isAskingSections = false;
    }
  }

  /** Stops, moves and restarts the clock as the server says. */
  #followClock(receipt: Receipt): void {
    this.isPaused = receipt.phase === "paused";
    this.#pausedLeftMs = this.isPaused ? receipt.remaining_ms : null;
    if (Date.parse(receipt.deadline) === Date.parse(this.#deadline)) return;
    this.course?.moveBy(Date.parse(receipt.deadline) - Date.parse(this.#deadline));
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
    if (link === "online") {
      this.#news.listen();
      if (this.#isNotedOffline) this.uploads?.wake();
    }
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
      sectionTimes: [...(this.course?.times ?? [])],
      messages: this.messages.filter(({ id }) => !this.unread.some((unread) => unread.id === id)),
    };
    try {
      await this.#parts.store.saveMark(this.facts.attempt_id, mark);
    } catch {
      this.isDiskFailing = true;
    }
  }
}
