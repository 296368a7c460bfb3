/** What an attempt is put together from, and whom it tells of what happens in it. */
import type { Instruction } from "../lib/api/types";
import type { ServerClock } from "./clock";
import type { Uploads } from "./files/uploads.svelte";
import type { Journal } from "./journal";
import type { News } from "./news";
import type { End } from "./outbox";
import type { Paper } from "./paper";
import type { PaperSection, SectionTime } from "./sections";
import type { postJournal, postStage, postSubmission, readSections } from "./server";
import type { ExamStore, FinalReceipt, StoredAttempt } from "./store";

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

/** Where an attempt sends its work; the sample exam has none but the page itself. */
export interface AttemptServer {
  postJournal: typeof postJournal;
  postStage: typeof postStage;
  postSubmission: typeof postSubmission;
  readSections: typeof readSections;
  /** Word from the server that something has changed. */
  news(onNews: () => void): Pick<News, "listen" | "close">;
}

export interface AttemptParts extends AttemptEvents {
  facts: StoredAttempt;
  paper: Paper;
  journal: Journal;
  clock: ServerClock;
  store: ExamStore;
  server: AttemptServer;
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
