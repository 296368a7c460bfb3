/** One running attempt: answers, sections and parts, saving, and the way to the final receipt. */
import { type AnswerState, answerState } from "../items/answered";
import { bringControls } from "../items/controls.svelte";
import { halves } from "../items/types";
import type { AttemptView, Instruction, ItemView, JournalOp, Receipt, StageView } from "../lib/api/types";
import { AttemptClock } from "./attemptClock.svelte";
import type { AttemptParts } from "./attemptSetup";
import { SectionCourse } from "./course.svelte";
import type { NamedFile, Uploads } from "./files/uploads.svelte";
import { FileWait } from "./fileWait.svelte";
import { GivenPaper } from "./givenPaper.svelte";
import { Insistence } from "./insistence";
import type { Journal } from "./journal";
import { Messages } from "./messages.svelte";
import type { News } from "./news";
import { type Batch, type End, type Link, Outbox } from "./outbox";
import type { Page } from "./pages";
import { watchPage } from "./pageWatch";
import { timed } from "./server";
import { type Act, type Answers, actsOf, apply, fold, noAnswers, type WindowKind } from "./state";
import type { FinalReceipt, StoredAttempt } from "./store";

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

export class RunningAttempt {
  answers = $state.raw<Answers>(noAnswers);
  /** Position of the item worked on, from 0. */
  position = $state(0);
  /** Counts how often the candidate was brought to an item. */
  arrivals = $state(0);
  stage = $state<Stage>("answering");
  isTimeOver = $state(false);
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

  facts: StoredAttempt;
  readonly strandedCount: number;
  readonly paper: GivenPaper;
  readonly clock: AttemptClock;
  readonly messages: Messages;
  readonly uploads: Uploads | null;
  readonly fileWait = new FileWait();
  readonly #parts: AttemptParts;
  readonly #journal: Journal;
  readonly #outbox: Outbox;
  readonly #insistence: Insistence;
  readonly #startedAtMs: number;
  #appending = 0;
  #isNotedOffline = false;
  #isEndTold = false;
  #isFinished = false;
  #isAskingSections = false;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #marker: ReturnType<typeof setInterval> | undefined;
  readonly #listening = new AbortController();
  readonly #news: Pick<News, "listen" | "close">;

  constructor(parts: AttemptParts) {
    const { facts, journal } = parts;
    this.#parts = parts;
    this.facts = facts;
    this.strandedCount = parts.strandedCount;
    this.#journal = journal;
    this.#startedAtMs = Date.parse(facts.started_at);
    this.uploads = parts.uploads;
    const ops = journal.after(0, journal.lastSeq);
    const { sections = [], items } = parts.paper;
    const course =
      sections.length > 0 && parts.sectionTimes.length > 0
        ? new SectionCourse(
            sections,
            items,
            parts.sectionTimes,
            ops,
            this.#startedAtMs,
            Date.parse(facts.deadline),
          )
        : null;
    this.paper = new GivenPaper(parts.paper, facts.stages, course);
    this.clock = new AttemptClock(parts.clock, course, facts.deadline, parts.pausedLeftMs);
    this.messages = new Messages(parts.messages);
    this.savedAtMs = parts.savedAtMs;
    const acts = actsOf(ops);
    this.answers = fold(acts);
    this.#isNotedOffline =
      acts.findLast(({ kind }) => kind === "offline" || kind === "online")?.kind === "offline";
    this.position = Math.max(
      this.paper.partStart,
      this.paper.items.findIndex(({ ref }) => ref === this.answers.current),
    );
    if (this.paper.isComplete) this.stage = "review";
    this.#outbox = new Outbox({
      journal,
      attemptId: facts.attempt_id,
      epoch: facts.epoch,
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
    this.#insistence = new Insistence(journal, this.#outbox, {
      epoch: () => this.facts.epoch,
      end: () => this.end,
      isHeld: () => this.isAwaitingUnlock,
      onEnd: (end) => {
        this.end = end;
      },
      onLink: (link) => {
        this.link = link;
      },
      onUploadsIncomplete: () => void this.uploads?.refresh(),
    });
    this.#news = parts.server.news(() => this.#outbox.wake());
    this.pending = this.#outbox.pending;
  }

  /** Starts clock, saving and the watch on focus and network. */
  run(): void {
    this.#followSections();
    const { ref } = this.paper.itemAt(this.position);
    if (this.answers.current === null || (this.paper.course && this.answers.current !== ref))
      this.#record({ kind: "navigate", item: ref });
    this.#outbox.start();
    void this.uploads?.start({
      wanted: () => this.namedFiles,
      epoch: () => this.facts.epoch,
      isHeld: () => this.isAwaitingUnlock || this.end !== null,
      now: () => this.clock.now(),
      noted: () => this.#journal.settled(),
      onRefused: () => this.#outbox.wake(),
    });
    this.#news.listen();
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#marker = setInterval(() => void this.#saveMark(), MARK_MS);
    void this.#saveMark();
    watchPage(
      {
        onAway: (isAway) => this.#record({ kind: isAway ? "focus_lost" : "focus_gained" }),
        onOnline: () => this.retryNow(),
        onHide: () => void this.#saveMark(),
      },
      this.#listening.signal,
    );
  }

  /** Lets go of timers and listeners; the journal stays on the disk. */
  dispose(): void {
    this.#outbox.stop();
    this.#news.close();
    clearInterval(this.#ticker);
    clearInterval(this.#marker);
    this.#listening.abort();
    this.uploads?.stop();
    this.paper.dispose();
  }

  get isOpen(): boolean {
    return (
      !this.isTimeOver &&
      !this.clock.isPaused &&
      this.end === null &&
      (this.stage === "answering" || this.stage === "review")
    );
  }

  /** Position of the first item that can still be answered; what lies before it is closed. */
  get firstOpen(): number {
    const { isForward, partStart } = this.paper;
    return isForward ? Math.max(partStart, this.page.from) : partStart;
  }

  /** Position after the last item that can be gone to; where nobody can return, nothing is passed by accident. */
  get reach(): number {
    const { isForward, partEnd } = this.paper;
    return isForward ? Math.min(partEnd, this.paper.pageAt(this.page.to).to) : partEnd;
  }

  /** What stands on the screen: one item, or several if the form says so. */
  get page(): Page {
    return this.paper.pageAt(this.position);
  }

  /** The files that the answers name. */
  get namedFiles(): NamedFile[] {
    const tasks = this.paper.items.filter(({ interaction }) => interaction === "file_upload");
    return tasks.flatMap(({ ref }) =>
      (this.answers.responses.get(ref) ?? [])
        .map(halves)
        .map(([sha256, name]) => ({ item: ref, sha256, name })),
    );
  }

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
    if (!this.paper.course) return false;
    this.#followSections();
    const position = this.paper.items.findIndex((item) => item.ref === ref);
    return position < this.firstOpen || position >= this.paper.partEnd;
  }

  /** Writes down what happened to the window; of no weight for the answers. */
  note(kind: WindowKind, times: number): void {
    if (this.isOpen) this.#record(times > 1 ? { kind, value: [String(times)] } : { kind });
  }

  toggleFlag(ref: string): void {
    this.#record({ kind: this.answers.flagged.has(ref) ? "unflag" : "flag", item: ref });
  }

  /** Shows the item at `position` (from 0), also from the review. */
  show(position: number): void {
    if (!this.isOpen || position < this.firstOpen || position >= this.reach) return;
    this.stage = "answering";
    if (position !== this.position) this.#goTo(position);
    // On a page of several, the item may be out of sight.
    else if (this.page.to - this.page.from > 1) this.arrivals += 1;
  }

  /** The candidate has turned to another item of the same page. */
  attend(position: number): void {
    if (!this.isOpen || position === this.position) return;
    this.#turnTo(position);
  }

  #goTo(position: number): void {
    this.arrivals += 1;
    this.#turnTo(position);
  }

  #turnTo(position: number): void {
    this.position = position;
    this.#record({ kind: "navigate", item: this.paper.itemAt(position).ref });
  }

  review(): void {
    if (this.isOpen) this.stage = "review";
  }

  /** Shows the act at once and writes it down; after the deadline nothing is taken any more. */
  #record(act: Act): void {
    if (this.isTimeOver || this.end !== null || this.stage === "finishing") return;
    this.answers = apply(this.answers, act);
    this.#appending += 1;
    this.#countPending();
    void this.#journal.append(act, this.clock.now() - this.#startedAtMs).then(() => {
      this.#appending -= 1;
      this.isDiskFailing = this.#journal.hasStoreFailed;
      this.#countPending();
      this.#outbox.wake();
    });
  }

  /** The candidate leaves the open section for good, before its time is over. */
  leaveSection(): void {
    const { course } = this.paper;
    if (this.isOpen && course?.next) this.#leave(course, course.open, this.clock.now(), false);
  }

  /** Goes on from sections whose time is over; once the attempt itself is over there is nothing to go on to. */
  #followSections(): void {
    const { course } = this.paper;
    const now = this.clock.now();
    if (!course || this.clock.isPaused || now > this.clock.deadlineMs) return;
    const overdue = course.overdue(now);
    // After the last section there is nothing to go on to; the page hands in then.
    const left = Math.min(course.open + overdue, course.all.length) - 1;
    if (overdue > 0 && left >= course.open) this.#leave(course, left, now, true);
  }

  #leave(course: SectionCourse, number: number, now: number, wasTimeOver: boolean): void {
    if (this.isTimeOver || this.end !== null || this.stage === "finishing") return;
    this.#record({ kind: "leave_section", value: [String(number)] });
    course.leave(number, now, this.clock.deadlineMs);
    this.stage = "answering";
    this.#goTo(this.paper.partStart);
    this.clock.jump();
    void this.#saveMark();
    if (course.section) this.#parts.onSectionBegun(course.section, wasTimeOver);
  }

  async #askSections(course: SectionCourse): Promise<void> {
    if (this.#isAskingSections) return;
    this.#isAskingSections = true;
    try {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * ASK_SPREAD_MS));
      const { sections } = await this.#parts.server.readSections(this.facts.attempt_id);
      if (!this.clock.isPaused) course.adopt(sections, this.clock.deadlineMs);
      this.clock.jump();
      void this.#saveMark();
    } catch {
      // The next receipt asks again; until then the times moved along with the deadline.
    } finally {
      this.#isAskingSections = false;
    }
  }

  /** Closes the open part and goes on to the next; goes on trying until the server has answered. */
  async advance(): Promise<void> {
    if (this.paper.design === "linear" || this.paper.isComplete || !this.isOpen) return;
    this.stage = "advancing";
    await this.#journal.settled();
    const part = await this.#insistence.until(
      () => this.stage === "advancing",
      async (head) => {
        const number = this.paper.parts.length + 1;
        const given = await this.#parts.server.postStage(this.facts.attempt_id, { ...head, number });
        await bringControls(given.items.map(({ interaction }) => interaction));
        return given;
      },
    );
    if (part === null) this.#ended();
    else if (this.stage === "advancing") await this.#open(part);
  }

  async #open(part: StageView): Promise<void> {
    this.link = "online";
    this.paper.add(part);
    this.stage = this.paper.isComplete ? "review" : "answering";
    if (!this.paper.isComplete) this.#goTo(this.firstOpen);
    await this.#saveFacts({ ...this.facts, stages: [...this.paper.parts] });
  }

  /** Sends what is left and ends the attempt; goes on trying until the server has answered. */
  async submit(): Promise<void> {
    if (this.stage === "finishing") return;
    this.stage = "finishing";
    await this.#journal.settled();
    const decision = await this.fileWait.over(this.uploads, this.namedFiles);
    if (decision === "go_back" && !this.isTimeOver) {
      this.stage = "review";
      return;
    }
    this.#outbox.stop();
    if (this.isTimeOver) await this.#insistence.pause(Math.random() * SUBMIT_SPREAD_MS);
    const submitted = await this.#insistence.until(
      () => true,
      (head) =>
        this.#parts.server.postSubmission(this.facts.attempt_id, {
          ...head,
          files: this.uploads?.arrived(this.namedFiles) ?? [],
        }),
    );
    if (submitted === null) this.#ended();
    else await this.#finished(submitted.receipt, submitted.state === "ended");
  }

  async #finished(receipt: Receipt, wasEnded: boolean): Promise<void> {
    this.#isFinished = true;
    this.dispose();
    const final: FinalReceipt = {
      receipt,
      savedAtMs: serverMsOf(receipt),
      answered: this.answers.responses.size,
      items: this.paper.total,
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

  /** The candidate has seen a message of the proctor. */
  acknowledge(message: Instruction): void {
    this.messages.markRead(message);
    this.#outbox.confirm(message.id);
    void this.#saveMark();
  }

  /** The network is back. */
  retryNow(): void {
    if (this.isAwaitingUnlock) return;
    this.uploads?.wake();
    this.#outbox.retryNow();
    this.#insistence.retryNow();
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
    this.clock.goOn(view.deadline);
    this.isAwaitingUnlock = false;
    this.paper.course?.adopt(view.sections, this.clock.deadlineMs);
    this.uploads?.wake();
    this.#outbox.rejoin(view.epoch, view.last_seq);
    this.#insistence.retryNow();
    await this.#saveFacts(this.facts);
  }

  #tick(): void {
    this.#followSections();
    const { leftMs, announced } = this.clock.tick();
    if (announced !== null && this.isOpen)
      this.#parts.announce(announced, this.paper.course?.section ?? null);
    const { activeElement } = document;
    if (leftMs < TAKE_OVER_MS && this.isOpen && activeElement instanceof HTMLTextAreaElement)
      activeElement.blur();
    if (leftMs <= 0 && !this.isTimeOver && this.end === null) {
      this.isTimeOver = true;
      void this.submit();
    }
  }

  async #send(batch: Batch): Promise<Receipt> {
    const { body, sentAt, receivedAt } = await timed(() =>
      this.#parts.server.postJournal(this.facts.attempt_id, this.facts.epoch, batch),
    );
    // At zero and in a pause what is left does not say where the server's clock stands.
    if (body.remaining_ms > 0 && body.phase === "running")
      this.#parts.clock.observe({ serverMs: serverMsOf(body), sentAt, receivedAt });
    return body;
  }

  #take(receipt: Receipt): void {
    this.savedAtMs = serverMsOf(receipt);
    if (this.clock.follow(receipt)) this.#parts.onDeadlineMoved(receipt.deadline);
    this.messages.take(receipt.instructions);
    const { course } = this.paper;
    if (course?.isStale && receipt.phase === "running" && this.#outbox.pending === 0)
      void this.#askSections(course);
    void this.#saveMark();
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

  async #saveFacts(facts: StoredAttempt): Promise<void> {
    this.facts = facts;
    try {
      await this.#parts.store.saveAttempt(facts);
    } catch {
      this.isDiskFailing = true;
    }
  }

  async #saveMark(): Promise<void> {
    const { clock, store } = this.#parts;
    if (!clock.isSet || this.#isFinished) return;
    try {
      await store.saveMark(this.facts.attempt_id, {
        clock: clock.mark(Date.now()),
        acknowledged: this.#outbox.acknowledged,
        savedAtMs: this.savedAtMs,
        deadline: this.clock.deadline,
        pausedLeftMs: this.clock.pausedLeftMs,
        sectionTimes: [...(this.paper.course?.times ?? [])],
        messages: this.messages.read,
      });
    } catch {
      this.isDiskFailing = true;
    }
  }
}

/** The receipt's own moment to the millisecond; its written time may be rounded. */
function serverMsOf(receipt: Receipt): number {
  return receipt.remaining_ms > 0 && receipt.phase === "running"
    ? Date.parse(receipt.deadline) - receipt.remaining_ms
    : Date.parse(receipt.server_time);
}
