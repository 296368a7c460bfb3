/** The candidate page from opening to result: which screen is due, and why. */
import { sendAlways } from "../lib/api/conventions";
import { adoptSession, answer, api, readSession, signOut } from "../lib/api/lightClient";
import { ApiProblem } from "../lib/api/problem";
import type { AttemptView, OwnResult, SeatView, SessionView } from "../lib/api/types";
import type { Finding } from "../lib/machines/judging";
import { registerWorker } from "../lib/registerWorker";
import type { RunningAttempt } from "./attempt.svelte";
import type { AttemptEvents } from "./attemptSetup";
import { ServerClock } from "./clock";
import { forgetDesks, look } from "./comfort/keeping";
import { type AttemptPart, attemptPart, bringAllParts } from "./laterParts";
import { News, type SeatNews } from "./news";
import type { Opened } from "./opening";
import type { End } from "./outbox";
import { fetchSealed, PaperError } from "./paper";
import { type Obstacle, obstacle, takeOnlyTab } from "./readiness";
import { confirmData, readOwnResult, readSeat, sampleClock, startAttempt, timed } from "./server";
import { type ExamStore, type FinalReceipt, openStore } from "./store";

export type Screen =
  | "loading"
  | "blocked"
  | "second_tab"
  | "unreachable"
  | "wrong_browser"
  | "sign_in"
  | "confirm"
  | "waiting"
  | "attempt"
  | "fenced"
  | "ended";

type MachinePart = typeof import("./machine/part");

/** What the page tells the candidate in passing. */
export type Notices = Pick<AttemptEvents, "announce" | "onSectionBegun" | "onDeadlineMoved">;

/** Why a browser is not taken, and what to do, in the server's words. */
export type BrowserFault = Readonly<Record<"title" | "detail", string>>;

export interface SignIn {
  access_code: string;
  candidate_number: string;
  identity_suffix: string;
}

/** After a resume the rest of the page is fetched when the attempt has long begun. */
const REST_AFTER_MS = 3_000;

/** Time for the stream to be heard, and for a hall that was let in at once to spread out. */
const CHECK_AFTER_MS = [4_000, 14_000] as const;

/** States of a seat whose attempt is still to come, or to go on. */
const WAITING: readonly SeatView["state"][] = ["confirm", "waiting", "ready", "paused"];

const between = (low: number, high: number): number => low + Math.random() * (high - low);

export class ExamPage {
  screen = $state<Screen>("loading");
  obstacle = $state<Obstacle | null>(null);
  seat = $state.raw<SeatView | null>(null);
  /** Why the sitting does not take this browser. */
  browserFault = $state.raw<BrowserFault | null>(null);
  attempt = $state.raw<RunningAttempt | null>(null);
  /** What shows the attempt; there as soon as one is. */
  attemptScreen = $state.raw<AttemptPart["AttemptScreen"] | null>(null);
  /** What was found of this computer, and what shows it. */
  machine = $state.raw<{ findings: Finding[]; Notice: MachinePart["MachineNotice"] } | null>(null);
  /** Share of the sealed paper that has come, 0 to 1. */
  paperShare = $state(0);
  paperFault = $state<"digest" | "network" | null>(null);
  isStarting = $state(false);
  startFault = $state.raw<unknown>(null);
  /** The candidate has told of a mistake in their data. */
  hasReported = $state(false);
  isStoreDurable = $state(true);
  /** An attempt is still kept here although nobody is signed in. */
  hasKeptWork = $state(false);
  /** Server time, epoch ms, once a second while waiting; null until it is known. */
  now = $state<number | null>(null);
  finalReceipt = $state.raw<FinalReceipt | null>(null);
  result = $state.raw<OwnResult | null>(null);
  /** Operations that had not arrived when the server closed the attempt. */
  lostCount = $state(0);

  readonly clock = new ServerClock(() => performance.now());
  #store: ExamStore | null = null;
  #sealed: Promise<ArrayBuffer> | null = null;
  #sealedId: string | null = null;
  #arePartsMissing = false;
  /** How often the stream has told something. */
  #timesTold = 0;
  #poll: ReturnType<typeof setTimeout> | undefined;
  #check: ReturnType<typeof setTimeout> | undefined;
  readonly #news = new News((seat) => this.#heed(seat));

  constructor(private readonly notices: Notices) {}

  /** Checks the browser, then goes where the server says. */
  async open(): Promise<void> {
    this.screen = "loading";
    this.obstacle = obstacle(window);
    if (this.obstacle !== null) {
      this.screen = "blocked";
      return;
    }
    if (!(await takeOnlyTab(navigator.locks))) {
      this.screen = "second_tab";
      // The tab that has the exam notes it.
      new BroadcastChannel("exam-tab").postMessage(0);
      return;
    }
    if ("SafeExamBrowser" in window) sendAlways(await (await import("./browser/sebKeys")).sebHeaders(window));
    void registerWorker("/static/exam-sw.js", "/exam");
    this.#store = await openStore();
    this.isStoreDurable = this.#store.isDurable;
    setInterval(() => {
      if (this.clock.isSet && this.screen === "waiting") this.#tick(this.clock.now());
    }, 250);
    await this.enter();
  }

  /** Asks the server who sits here and what is due; without an answer goes on with what this browser holds. */
  async enter(): Promise<void> {
    clearTimeout(this.#poll);
    this.#news.close();
    this.attempt?.dispose();
    this.attempt = null;
    this.screen = "loading";
    try {
      const session = await readSession();
      if (session.actor?.kind === "candidate") await this.#takeSeat(await readSeat());
      else await this.#askToSignIn();
    } catch (problem) {
      await this.#enterWithout(problem);
    }
  }

  async signIn(input: SignIn): Promise<void> {
    try {
      adoptSession(await this.#postSignIn(input));
    } catch (problem) {
      if (!this.#refuseBrowser(problem)) throw problem;
      return;
    }
    await this.enter();
  }

  /** Signs in again in the middle of an attempt, which goes on in place. */
  async signInAgain(input: SignIn): Promise<void> {
    adoptSession(await this.#postSignIn(input));
    const seat = await readSeat();
    const { attempt } = this;
    if (!attempt || seat.attempt_id !== attempt.facts.attempt_id || seat.state === "submitted") {
      await this.enter();
      return;
    }
    // Another login is another holder of the seat: the server takes nothing until the proctor has unlocked it.
    attempt.awaitUnlock();
    await this.#rejoin(attempt);
  }

  async #rejoin(attempt: RunningAttempt): Promise<void> {
    if (this.attempt !== attempt) return;
    try {
      const view = await startAttempt();
      const { merge } = await attemptPart();
      const { stranded } = merge(view.ops, await attempt.journal());
      if (stranded.length > 0) await this.enter();
      else await attempt.rejoin(view);
    } catch (problem) {
      const known = problem instanceof ApiProblem ? problem : null;
      if (known?.status === 401) attempt.link = "signed_out";
      if (known?.status === 401 || known?.status === 409) {
        attempt.isAwaitingUnlock = false;
        if (known.status === 409) await this.#closeAttempt();
        return;
      }
      this.#poll = setTimeout(
        () => void this.#rejoin(attempt),
        Math.max(between(2_000, 4_000), known?.retryAfterMs ?? 0),
      );
    }
  }

  /** The server says that this browser's part is over. */
  #onEnd(end: End): void {
    if (end === "fenced") {
      this.attempt?.dispose();
      this.screen = "fenced";
    } else if (end === "forked") {
      void this.enter();
    } else {
      void this.#closeAttempt();
    }
  }

  async #closeAttempt(): Promise<void> {
    this.attempt?.dispose();
    await this.attempt?.journal();
    await this.#refreshSeat();
  }

  /** Ends the login; kept answers that the server has are dropped for the next candidate. */
  async leave(): Promise<void> {
    try {
      await signOut();
    } catch {
      // The login then ends on the server by itself.
    }
    forgetDesks();
    // Work that the server lacks stays for the board; anything else is not the next candidate's business.
    if (this.lostCount === 0) await this.#store?.clear();
    this.lostCount = 0;
    this.hasReported = false;
    this.seat = null;
    this.machine = null;
    this.finalReceipt = null;
    this.result = null;
    this.#sealed = null;
    this.#sealedId = null;
    await this.enter();
  }

  /** Says that the own data are right, or with a note what is wrong with them. */
  async confirm(note: string): Promise<void> {
    const seat = await confirmData(note);
    if (note !== "") this.hasReported = true;
    await this.#takeSeat(seat);
  }

  /** Starts or resumes the attempt: key, paper, journal. */
  async begin(): Promise<void> {
    if (this.isStarting) return;
    this.isStarting = true;
    this.startFault = null;
    clearTimeout(this.#poll);
    try {
      const part = await attemptPart();
      const { body, sentAt, receivedAt } = await timed(startAttempt);
      if (body.remaining_ms > 0) {
        this.clock.observe({ serverMs: Date.parse(body.deadline) - body.remaining_ms, sentAt, receivedAt });
      }
      await this.#openAttempt(body, part);
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.status === 401) {
        await this.#askToSignIn();
      } else if (problem instanceof ApiProblem && problem.code === "attempt_closed") {
        await this.#refreshSeat();
      } else if (this.#refuseBrowser(problem)) {
        this.#pollLater(null);
      } else {
        this.startFault = problem;
        if (this.seat) this.screen = "waiting";
        // The seat is not as it was taken to be.
        this.#pollLater(problem instanceof ApiProblem ? problem.retryAfterMs : null, between(2_000, 5_000));
      }
    } finally {
      this.isStarting = false;
    }
  }

  /** Shows the receipt and starts to wait for the result. */
  #onSubmitted(attempt: RunningAttempt, final: FinalReceipt): void {
    this.seat = { ...attempt.facts.seat, state: "submitted", attempt_id: attempt.facts.attempt_id };
    this.finalReceipt = final;
    this.attempt = null;
    this.screen = "ended";
    this.#pollLater(null);
  }

  async #postSignIn(input: SignIn): Promise<SessionView> {
    return answer(api.POST("/api/session/candidate", { body: input }));
  }

  async #askToSignIn(): Promise<void> {
    look.reset?.();
    this.hasKeptWork = await this.#isWorkUnderWay();
    this.screen = "sign_in";
  }

  /** Whether an attempt that may still go on was left in this browser. */
  async #isWorkUnderWay(): Promise<boolean> {
    const facts = await this.#store?.current();
    const mark = facts && (await this.#store?.mark(facts.attempt_id));
    if (!facts || !mark) return false;
    const clock = new ServerClock(() => performance.now());
    clock.restore(mark.clock, Date.now());
    return clock.now() < Date.parse(mark.deadline) + facts.grace_ms;
  }

  /** After the end: keeps the receipt, drops what the server has, counts what it never got. */
  async #settleKept(attemptId: string): Promise<void> {
    const store = this.#store;
    if (!store) return;
    this.finalReceipt ??= (await store.receipt(attemptId)) ?? null;
    const facts = await store.current();
    if (facts?.attempt_id !== attemptId) return;
    const stored = (await store.mark(attemptId))?.acknowledged ?? 0;
    this.lostCount = Math.max(0, (await store.ops(attemptId)).length - stored);
    if (this.lostCount === 0) await store.drop(attemptId, facts.seat.paper?.id ?? null);
  }

  async #enterWithout(problem: unknown): Promise<void> {
    if (problem instanceof ApiProblem && problem.status === 401) {
      await this.#askToSignIn();
      return;
    }
    if (await this.#resumeKept()) return;
    this.screen = "unreachable";
    this.#poll = setTimeout(() => void this.enter(), between(4_000, 8_000));
  }

  /** Shows what to do when it was the browser that was refused, and says whether it was. */
  #refuseBrowser(problem: unknown): boolean {
    if (!(problem instanceof ApiProblem) || !problem.code.startsWith("browser_")) return false;
    this.browserFault = problem;
    this.screen = "wrong_browser";
    return true;
  }

  async #takeSeat(seat: SeatView): Promise<void> {
    // A browser does not ask again for a part that it could not fetch; a fresh page does.
    if (this.#arePartsMissing && this.attempt === null) {
      location.reload();
      return;
    }
    this.seat = seat;
    if (seat.browser?.title && seat.state !== "submitted" && seat.state !== "closed") {
      // Asked again by itself: the proctor may let the candidate go on.
      this.browserFault = seat.browser;
      this.screen = "wrong_browser";
      this.#pollLater(null);
      return;
    }
    void this.#prefetchPaper(seat);
    if (WAITING.includes(seat.state)) this.#prefetchParts();
    switch (seat.state) {
      case "confirm":
        this.screen = "confirm";
        break;
      case "waiting":
      case "ready":
      case "paused":
        if (!this.clock.isSet) void sampleClock(this.clock, 5).catch(() => undefined);
        this.screen = "waiting";
        this.#news.listen();
        this.#check ??= setTimeout(() => void this.#checkMachine(), between(...CHECK_AFTER_MS));
        break;
      case "running":
        await this.begin();
        return;
      default:
        if (seat.attempt_id !== null) await this.#settleKept(seat.attempt_id);
        this.result = await readOwnResult();
        this.screen = "ended";
    }
    this.#pollLater(null);
  }

  /** Plans the next look at the seat; whoever is told by the stream need hardly ask. */
  #pollLater(retryAfterMs: number | null, soonestMs = this.#untilNextLook()): void {
    clearTimeout(this.#poll);
    if (this.screen === "confirm" || this.screen === "sign_in" || this.result !== null) return;
    this.#poll = setTimeout(() => void this.#refreshSeat(), Math.max(soonestMs, retryAfterMs ?? 0));
  }

  #untilNextLook(): number {
    if (this.screen === "ended") return between(20_000, 40_000);
    return this.#news.isHeard && this.seat?.paper ? between(60_000, 120_000) : between(8_000, 16_000);
  }

  /** Takes over what the stream tells of the seat while the candidate waits. */
  #heed(told: SeatNews | null): void {
    const { seat } = this;
    this.#timesTold += 1;
    if (this.screen !== "waiting" || this.isStarting || !told || !seat) return;
    const isStillWaiting = told.state === "waiting" || told.state === "ready";
    if (isStillWaiting && told.attempt_id === seat.attempt_id) {
      const sitting = { ...seat.sitting, opens_at: told.opens_at };
      this.seat = { ...seat, state: told.state, waiting_for: told.waiting_for, sitting };
      this.#pollLater(null);
    } else {
      this.#pollLater(null, between(0, 1_500));
    }
  }

  /** Shows the server's time, and at the opening the way in: a hall that asked at that moment would wait for the answers. */
  #tick(now: number): void {
    this.now = now;
    const { seat } = this;
    if (seat?.waiting_for === "opening" && now >= Date.parse(seat.sitting.opens_at)) {
      this.seat = { ...seat, state: "ready", waiting_for: null };
    }
  }

  async #refreshSeat(): Promise<void> {
    const timesTold = this.#timesTold;
    try {
      const seat = await readSeat();
      // What the stream has told meanwhile may be newer than what was read.
      if (timesTold === this.#timesTold) await this.#takeSeat(seat);
      else this.#pollLater(null, between(0, 1_500));
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.status === 401) await this.#askToSignIn();
      else this.#pollLater(problem instanceof ApiProblem ? problem.retryAfterMs : null);
    }
  }

  async #prefetchPaper(seat: SeatView): Promise<void> {
    const { paper } = seat;
    if (!paper || !this.#store || seat.state === "submitted" || seat.state === "closed") return;
    if (this.#sealedId === paper.id && this.paperFault === null) return;
    this.#sealedId = paper.id;
    this.paperFault = null;
    this.paperShare = 0;
    this.#sealed = fetchSealed(paper, this.#store, (share) => {
      this.paperShare = share;
    });
    try {
      await this.#sealed;
    } catch (fault) {
      this.paperFault = fault instanceof PaperError ? "digest" : "network";
    }
  }

  /** The proctor sees what comes of it; nobody waits for it, and without it everything goes on. */
  async #checkMachine(): Promise<void> {
    this.#check = undefined;
    if (this.screen !== "waiting" || this.machine !== null) return;
    try {
      const { checkMachine, MachineNotice: Notice } = await import("./machine/part");
      const { isStoreDurable, clock } = this;
      const findings = await checkMachine({ isStoreDurable, clock, isNewsHeard: this.#news.isHeard });
      this.machine = { findings, Notice };
    } catch {
      // Tried again with the next look at the seat.
    }
  }

  #prefetchParts(): void {
    bringAllParts().catch(() => {
      this.#arePartsMissing = true;
    });
  }

  async #openAttempt(view: AttemptView, part: AttemptPart): Promise<void> {
    const store = this.#store;
    // The paper is fixed when the seat is prepared; a resume on another PC sees it here for the first time.
    if (!this.seat?.paper || this.seat.attempt_id !== view.attempt_id) this.seat = await readSeat();
    const { seat } = this;
    if (!store || !seat.paper) throw new PaperError("no paper");
    await this.#prefetchPaper(seat);
    const sealed = await this.#sealed;
    if (!sealed) throw new PaperError("no paper");
    const { opened, isKept } = await part.openStarted(view, seat, sealed, store, this.clock);
    if (!isKept) this.isStoreDurable = false;
    this.#run(opened, part);
  }

  /** Goes on without the server with what this browser holds; false when it holds nothing usable. */
  async #resumeKept(): Promise<boolean> {
    if (!this.#store || !(await this.#store.current())) return false;
    const part = await attemptPart();
    const opened = await part.openKept(this.#store, this.clock);
    if (!opened) return false;
    this.seat = opened.facts.seat;
    this.#run(opened, part);
    return true;
  }

  #run(opened: Opened, part: AttemptPart): void {
    const attempt: RunningAttempt = new part.RunningAttempt({
      ...opened,
      ...this.notices,
      onEnd: (end) => this.#onEnd(end),
      onSubmitted: (final) => this.#onSubmitted(attempt, final),
    });
    this.#news.close();
    this.attempt = attempt;
    this.attemptScreen = part.AttemptScreen;
    this.screen = "attempt";
    attempt.run();
    setTimeout(() => this.#prefetchParts(), REST_AFTER_MS);
  }
}
