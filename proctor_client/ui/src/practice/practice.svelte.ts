/** The sample exam from its opening to its result; nothing of it touches what the exam keeps in this browser. */
import { RunningAttempt } from "../exam/attempt.svelte";
import type { AttemptEvents } from "../exam/attemptSetup";
import { soundPrefix } from "../exam/chain";
import { ServerClock } from "../exam/clock";
import { forgetDesks, kept } from "../exam/comfort/keeping";
import { deskPart } from "../exam/deskPart";
import { Journal } from "../exam/journal";
import type { Paper } from "../exam/paper";
import { EXAM_TAB, obstacle, takeOnlyTab } from "../exam/readiness";
import { type ExamStore, openStore, type StoredAttempt } from "../exam/store";
import { bringControls } from "../items/controls.svelte";
import { answer, api, readSession } from "../lib/api/lightClient";
import type { Views } from "../lib/api/server";
import type { SeatView } from "../lib/api/types";
import { registerWorker } from "../lib/registerWorker";
import { ownServer } from "./ownServer";
import { words } from "./words";

export type Screen =
  | "loading"
  | "blocked"
  | "real"
  | "second"
  | "unreachable"
  | "start"
  | "attempt"
  | "result";

/** Under this name the browser keeps paper and answers; the exam has names of its own. */
const STORE = "practice";
const TAB = "practice-tab";
const PAPER = "paper";

export class Practice {
  screen = $state<Screen>("loading");
  paper = $state.raw<Paper | null>(null);
  attempt = $state.raw<RunningAttempt | null>(null);
  mark = $state.raw<Views["PracticeMark"] | null>(null);
  hasMarkingFailed = $state(false);
  #answers: Record<string, readonly string[]> = {};
  #store: ExamStore | null = null;

  constructor(private readonly events: Pick<AttemptEvents, "announce">) {
    kept.prefix = "practice-desk:";
  }

  async open(): Promise<void> {
    this.screen = "loading";
    if (obstacle(window) !== null) {
      this.screen = "blocked";
      return;
    }
    if (await isExamOpen()) {
      this.screen = "real";
      return;
    }
    if (!(await takeOnlyTab(navigator.locks, TAB))) {
      this.screen = "second";
      return;
    }
    void registerWorker("/static/practice-sw.js", "/exam/practice");
    this.#store = await openStore(STORE);
    await this.enter();
  }

  /** Goes on with what was under way, or offers to start. */
  async enter(): Promise<void> {
    this.screen = "loading";
    try {
      this.paper = await this.#fetchPaper();
      await Promise.all([bringControls(this.paper.items.map(({ interaction }) => interaction)), deskPart()]);
    } catch {
      this.screen = "unreachable";
      return;
    }
    const facts = await this.#store?.current();
    if (facts && Date.parse(facts.deadline) > Date.now()) await this.#run(facts);
    else this.screen = "start";
  }

  /** The newest paper; without a network the one that this browser keeps. */
  async #fetchPaper(): Promise<Paper> {
    try {
      const paper = (await answer(api.GET("/api/practice/paper"))) as unknown as Paper;
      await this.#store
        ?.savePaper(PAPER, new TextEncoder().encode(JSON.stringify(paper)).buffer as ArrayBuffer)
        .catch(() => undefined);
      return paper;
    } catch (problem) {
      const found = await this.#store?.paper(PAPER);
      if (!found) throw problem;
      return JSON.parse(new TextDecoder().decode(found)) as Paper;
    }
  }

  async start(): Promise<void> {
    const { paper } = this;
    if (!paper) return;
    await this.#drop();
    const now = Date.now();
    const facts: StoredAttempt = {
      attempt_id: crypto.randomUUID(),
      epoch: 1,
      started_at: new Date(now).toISOString(),
      deadline: new Date(now + paper.duration_ms).toISOString(),
      grace_ms: 0,
      paperKey: await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, false, [
        "decrypt",
        "encrypt",
      ]),
      seat: sampleSeat(),
      stages: [],
    };
    await this.#store?.saveAttempt(facts).catch(() => undefined);
    await this.#run(facts);
  }

  async #run(facts: StoredAttempt): Promise<void> {
    const store = this.#store;
    const { paper } = this;
    if (!store || !paper) return;
    const { attempt_id } = facts;
    const deadlineMs = Date.parse(facts.deadline);
    const journal = await Journal.open(
      attempt_id,
      await soundPrefix(attempt_id, await store.ops(attempt_id)),
      store,
    );
    const clock = new ServerClock(() => performance.now());
    const at = performance.now();
    clock.observe({ serverMs: Date.now(), sentAt: at, receivedAt: at });
    const attempt = new RunningAttempt({
      facts,
      paper,
      journal,
      clock,
      store,
      server: ownServer({ attemptId: attempt_id, deadlineMs, lastSeq: journal.lastSeq, head: journal.head }),
      acknowledged: journal.lastSeq,
      savedAtMs: null,
      pausedLeftMs: null,
      sectionTimes: [],
      uploads: null,
      messages: [],
      strandedCount: 0,
      announce: this.events.announce,
      onSectionBegun: () => {},
      onDeadlineMoved: () => {},
      onEnd: () => {},
      onSubmitted: () => {
        this.#answers = Object.fromEntries(attempt.answers.responses);
        this.attempt = null;
        this.screen = "result";
        void this.askMark();
      },
    });
    this.attempt = attempt;
    this.screen = "attempt";
    attempt.run();
  }

  /** Has the answers marked; they stay here until that has worked. */
  async askMark(): Promise<void> {
    this.mark = null;
    this.hasMarkingFailed = false;
    try {
      const responses = Object.fromEntries(
        Object.entries(this.#answers).map(([ref, response]) => [ref, [...response]]),
      );
      this.mark = await answer(api.POST("/api/practice/marking", { body: { responses } }));
    } catch {
      this.hasMarkingFailed = true;
    }
  }

  /** Forgets this try. */
  async again(): Promise<void> {
    this.attempt?.dispose();
    this.attempt = null;
    this.mark = null;
    await this.#drop();
    this.screen = "start";
  }

  async #drop(): Promise<void> {
    forgetDesks();
    const facts = await this.#store?.current();
    if (facts) await this.#store?.drop(facts.attempt_id, null).catch(() => undefined);
  }
}

/** Whether somebody sits an exam in this browser: it is open in a tab, or a candidate is signed in. */
async function isExamOpen(): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  if (held.some(({ name }) => name === EXAM_TAB)) return true;
  try {
    return (await readSession()).actor?.kind === "candidate";
  } catch {
    return false;
  }
}

/** What the head of the page says of whoever practises. */
function sampleSeat(): SeatView {
  return {
    server_time: new Date().toISOString(),
    candidate: { full_name: words.candidate, candidate_number: "0000" },
    sitting: {
      exam_name: words.title,
      name: words.banner.split(": ")[1],
      room_name: words.room,
      seat_number: 1,
    },
    paper: null,
    state: "running",
    waiting_for: null,
    attempt_id: null,
    browser: null,
  } as unknown as SeatView;
}
