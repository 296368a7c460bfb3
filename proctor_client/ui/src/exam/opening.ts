/** Puts an attempt together, from what the server says at a start or from what this browser has kept. */
import { bringControls } from "../items/controls.svelte";
import type { AttemptView, SeatView } from "../lib/api/types";
import type { AttemptEvents, AttemptParts, AttemptServer } from "./attemptSetup";
import { merge, soundPrefix } from "./chain";
import type { ServerClock } from "./clock";
import type { Uploads } from "./files/uploads.svelte";
import { Journal } from "./journal";
import { News } from "./news";
import { bringPageItems } from "./pageItems.svelte";
import { importPaperKey, openPaper, type Paper, PaperError } from "./paper";
import { sectionTimes } from "./sections";
import { postJournal, postStage, postSubmission, readSections } from "./server";
import type { ExamStore, StoredAttempt } from "./store";

const server: AttemptServer = {
  postJournal,
  postStage,
  postSubmission,
  readSections,
  news: (onNews) => new News(onNews),
};

/** All that an attempt needs, except somebody to tell what happens in it. */
export type Opened = Omit<AttemptParts, keyof AttemptEvents>;

/** Brings what shows the items of a paper, and of its parts given so far; few papers ask for files, or for pages. */
async function toolsFor(paper: Paper, facts: StoredAttempt, store: ExamStore): Promise<Uploads | null> {
  const given = facts.stages.flatMap(({ items }) => items);
  const interactions = [...paper.items, ...given].map(({ interaction }) => interaction);
  const files = paper.items.some(({ interaction }) => interaction === "file_upload");
  const [uploads] = await Promise.all([
    files ? openUploads(facts, store) : null,
    bringControls(interactions),
    (paper.items_per_page ?? 1) > 1 ? bringPageItems() : null,
  ]);
  return uploads;
}

async function openUploads(facts: StoredAttempt, store: ExamStore): Promise<Uploads> {
  const { Uploads, calls } = await import("./files/part");
  return new Uploads({ attemptId: facts.attempt_id, graceMs: facts.grace_ms, store, calls });
}

/**
 * The attempt that the server has begun or lets go on; `isKept` tells whether this browser could write it down.
 *
 * Throws PaperError when the paper does not open with the server's key.
 */
export async function openStarted(
  view: AttemptView,
  seat: SeatView,
  sealed: ArrayBuffer,
  store: ExamStore,
  clock: ServerClock,
): Promise<{ opened: Opened; isKept: boolean }> {
  if (!seat.paper) throw new PaperError("no paper");
  const { attempt_id, epoch } = view;
  const paperKey = await importPaperKey(view.paper_key);
  const paper = await openPaper(sealed, paperKey, seat.paper.additional_data);
  const local = await soundPrefix(attempt_id, await store.ops(attempt_id));
  const { ops, stranded } = merge(view.ops, local);
  const facts: StoredAttempt = {
    attempt_id,
    epoch,
    started_at: view.started_at,
    deadline: view.deadline,
    grace_ms: view.grace_ms,
    paperKey,
    seat,
    stages: view.stages,
  };
  const mark = await store.mark(attempt_id);
  let isKept = true;
  try {
    await store.replaceOps(attempt_id, ops, stranded, epoch);
    await store.saveAttempt(facts);
  } catch {
    isKept = false;
  }
  const opened: Opened = {
    facts,
    paper,
    uploads: await toolsFor(paper, facts, store),
    sectionTimes: sectionTimes(view.sections),
    journal: await Journal.open(attempt_id, ops, store),
    clock,
    store,
    server,
    acknowledged: view.last_seq,
    savedAtMs: mark?.savedAtMs ?? null,
    pausedLeftMs: null,
    messages: mark?.messages ?? [],
    strandedCount: stranded.length,
  };
  return { opened, isKept };
}

/** The attempt as this browser has kept it, for a page without a server; null when nothing usable is kept. */
export async function openKept(store: ExamStore, clock: ServerClock): Promise<Opened | null> {
  const facts = await store.current();
  const mark = facts && (await store.mark(facts.attempt_id));
  const sealed = facts?.seat.paper && (await store.paper(facts.seat.paper.id));
  if (!facts?.seat.paper || !mark || !sealed) return null;
  const paper = await openPaper(sealed, facts.paperKey, facts.seat.paper.additional_data);
  const ops = await soundPrefix(facts.attempt_id, await store.ops(facts.attempt_id));
  if (!clock.isSet) clock.restore(mark.clock, Date.now());
  return {
    facts: { ...facts, deadline: mark.deadline },
    paper,
    uploads: await toolsFor(paper, facts, store),
    sectionTimes: mark.sectionTimes ?? [],
    journal: await Journal.open(facts.attempt_id, ops, store),
    clock,
    store,
    server,
    acknowledged: Math.min(mark.acknowledged, ops.length),
    savedAtMs: mark.savedAtMs,
    pausedLeftMs: mark.pausedLeftMs ?? null,
    messages: mark.messages,
    strandedCount: 0,
  };
}
