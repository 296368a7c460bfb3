/** What this browser keeps of an attempt: sealed paper, its key, the facts, the journal. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Instruction, JournalOp, Receipt, SeatView, StageView } from "../lib/api/types";
import type { ClockMark } from "./clock";
import type { SectionTime } from "./sections";

export interface StoredAttempt {
  attempt_id: string;
  epoch: number;
  started_at: string;
  deadline: string;
  grace_ms: number;
  /** Cannot be exported: whoever copies the profile gets no key text. */
  paperKey: CryptoKey;
  seat: SeatView;
  /** Given so far, in a form that is not the same for everybody. */
  stages: StageView[];
}

/** Facts that change often and may be a moment old. */
export interface Mark {
  clock: ClockMark;
  acknowledged: number;
  /** Server time of the last receipt, epoch ms. */
  savedAtMs: number | null;
  deadline: string;
  /** Time left in a pause that goes on; absent in marks of earlier versions. */
  pausedLeftMs?: number | null;
  /** Absent in marks of earlier versions. */
  sectionTimes?: SectionTime[];
  messages: Instruction[];
}

/** What the candidate may look at again after the attempt. */
export interface FinalReceipt {
  receipt: Receipt;
  /** Server time of the receipt, epoch ms. */
  savedAtMs: number;
  answered: number;
  items: number;
  /** Operations that were made after the deadline and do not count. */
  late: number;
  /** A proctor ended the attempt; absent in receipts of earlier versions. */
  wasEnded?: boolean;
}

/** A file of a practical task that the server does not have yet. */
export interface StoredFile {
  item: string;
  sha256: string;
  name: string;
  /** When it was chosen, server time, epoch ms. */
  chosenAtMs: number;
  /** As it was when it was chosen; the file itself may change, or be locked by a program. */
  bytes: ArrayBuffer;
}

export interface ExamStore {
  /** False when the browser refuses storage: then everything ends with the page. */
  readonly isDurable: boolean;
  /** The attempt that was under way when the page was closed, if any. */
  current(): Promise<StoredAttempt | undefined>;
  saveAttempt(attempt: StoredAttempt): Promise<void>;
  mark(attemptId: string): Promise<Mark | undefined>;
  saveMark(attemptId: string, mark: Mark): Promise<void>;
  ops(attemptId: string): Promise<JournalOp[]>;
  putOp(attemptId: string, op: JournalOp): Promise<void>;
  /** Replaces the journal by `ops`; `stranded` ones are put aside under the epoch they were found in. */
  replaceOps(
    attemptId: string,
    ops: readonly JournalOp[],
    stranded: readonly JournalOp[],
    epoch: number,
  ): Promise<void>;
  paper(id: string): Promise<ArrayBuffer | undefined>;
  savePaper(id: string, sealed: ArrayBuffer): Promise<void>;
  files(attemptId: string): Promise<StoredFile[]>;
  /** Rejects when the disk has no room. */
  putFile(attemptId: string, file: StoredFile): Promise<void>;
  dropFile(attemptId: string, item: string, sha256: string): Promise<void>;
  receipt(attemptId: string): Promise<FinalReceipt | undefined>;
  /** Keeps the final receipt and drops paper, key and journal: the next candidate sits at the same PC. */
  finish(attemptId: string, paperId: string | null, receipt: FinalReceipt): Promise<void>;
  /** Drops paper, key and journal of an attempt that the server has closed with everything in hand. */
  drop(attemptId: string, paperId: string | null): Promise<void>;
  /** Drops everything, receipts too. */
  clear(): Promise<void>;
}

interface ExamDatabase extends DBSchema {
  attempts: { key: string; value: StoredAttempt };
  marks: { key: string; value: Mark };
  ops: { key: [string, number]; value: JournalOp };
  stranded: { key: [string, number, number]; value: JournalOp };
  papers: { key: string; value: ArrayBuffer };
  files: { key: [string, string, string]; value: StoredFile };
  receipts: { key: string; value: FinalReceipt };
}

const STORES = ["attempts", "marks", "ops", "stranded", "papers", "files", "receipts"] as const;
/** The operation is on the disk, not in a buffer, when the promise resolves. */
const STRICT = { durability: "strict" } as const;

/** Operations, or files, of one attempt. */
const ofAttempt = (attemptId: string): IDBKeyRange => IDBKeyRange.bound([attemptId], [attemptId, []]);

class IndexedDbStore implements ExamStore {
  readonly isDurable = true;

  constructor(private readonly db: IDBPDatabase<ExamDatabase>) {}

  async current(): Promise<StoredAttempt | undefined> {
    return (await this.db.getAll("attempts")).at(-1);
  }

  async saveAttempt(attempt: StoredAttempt): Promise<void> {
    const tx = this.db.transaction("attempts", "readwrite", STRICT);
    await Promise.all([tx.store.clear(), tx.store.put(attempt, attempt.attempt_id), tx.done]);
  }

  mark(attemptId: string): Promise<Mark | undefined> {
    return this.db.get("marks", attemptId);
  }

  async saveMark(attemptId: string, mark: Mark): Promise<void> {
    await this.db.put("marks", mark, attemptId);
  }

  ops(attemptId: string): Promise<JournalOp[]> {
    return this.db.getAll("ops", ofAttempt(attemptId));
  }

  async putOp(attemptId: string, op: JournalOp): Promise<void> {
    const tx = this.db.transaction("ops", "readwrite", STRICT);
    await Promise.all([tx.store.put(op, [attemptId, op.seq]), tx.done]);
  }

  async replaceOps(
    attemptId: string,
    ops: readonly JournalOp[],
    stranded: readonly JournalOp[],
    epoch: number,
  ): Promise<void> {
    const tx = this.db.transaction(["ops", "stranded"], "readwrite", STRICT);
    const [kept, aside] = [tx.objectStore("ops"), tx.objectStore("stranded")];
    await Promise.all([
      ...stranded.map((op) => aside.put(op, [attemptId, epoch, op.seq])),
      kept.delete(ofAttempt(attemptId)),
      ...ops.map((op) => kept.put(op, [attemptId, op.seq])),
      tx.done,
    ]);
  }

  paper(id: string): Promise<ArrayBuffer | undefined> {
    return this.db.get("papers", id);
  }

  async savePaper(id: string, sealed: ArrayBuffer): Promise<void> {
    await this.db.put("papers", sealed, id);
  }

  files(attemptId: string): Promise<StoredFile[]> {
    return this.db.getAll("files", ofAttempt(attemptId));
  }

  async putFile(attemptId: string, file: StoredFile): Promise<void> {
    const tx = this.db.transaction("files", "readwrite", STRICT);
    await Promise.all([tx.store.put(file, [attemptId, file.item, file.sha256]), tx.done]);
  }

  async dropFile(attemptId: string, item: string, sha256: string): Promise<void> {
    await this.db.delete("files", [attemptId, item, sha256]);
  }

  receipt(attemptId: string): Promise<FinalReceipt | undefined> {
    return this.db.get("receipts", attemptId);
  }

  async finish(attemptId: string, paperId: string | null, receipt: FinalReceipt): Promise<void> {
    const tx = this.db.transaction("receipts", "readwrite", STRICT);
    await Promise.all([tx.store.put(receipt, attemptId), tx.done]);
    await this.drop(attemptId, paperId);
  }

  async drop(attemptId: string, paperId: string | null): Promise<void> {
    const tx = this.db.transaction(["attempts", "marks", "ops", "papers", "files"], "readwrite", STRICT);
    await Promise.all([
      tx.objectStore("attempts").delete(attemptId),
      tx.objectStore("marks").delete(attemptId),
      tx.objectStore("ops").delete(ofAttempt(attemptId)),
      tx.objectStore("files").delete(ofAttempt(attemptId)),
      paperId === null ? undefined : tx.objectStore("papers").delete(paperId),
      tx.done,
    ]);
  }

  async clear(): Promise<void> {
    const tx = this.db.transaction(STORES, "readwrite", STRICT);
    await Promise.all([...STORES.map((name) => tx.objectStore(name).clear()), tx.done]);
  }
}

/** The same without a disk, for a browser that refuses storage. */
class MemoryStore implements ExamStore {
  readonly isDurable = false;
  #attempt: StoredAttempt | undefined;
  #mark: Mark | undefined;
  #ops = new Map<number, JournalOp>();
  readonly #papers = new Map<string, ArrayBuffer>();
  readonly #receipts = new Map<string, FinalReceipt>();

  async current(): Promise<StoredAttempt | undefined> {
    return this.#attempt;
  }
  async saveAttempt(attempt: StoredAttempt): Promise<void> {
    this.#attempt = attempt;
  }
  async mark(): Promise<Mark | undefined> {
    return this.#mark;
  }
  async saveMark(_attemptId: string, mark: Mark): Promise<void> {
    this.#mark = mark;
  }
  async ops(): Promise<JournalOp[]> {
    return [...this.#ops.values()];
  }
  async putOp(_attemptId: string, op: JournalOp): Promise<void> {
    this.#ops.set(op.seq, op);
  }
  async replaceOps(_attemptId: string, ops: readonly JournalOp[]): Promise<void> {
    this.#ops = new Map(ops.map((op) => [op.seq, op]));
  }
  async paper(id: string): Promise<ArrayBuffer | undefined> {
    return this.#papers.get(id);
  }
  async savePaper(id: string, sealed: ArrayBuffer): Promise<void> {
    this.#papers.set(id, sealed);
  }
  async files(): Promise<StoredFile[]> {
    return [];
  }
  async putFile(): Promise<void> {
    throw new Error("no disk");
  }
  async dropFile(): Promise<void> {}
  async receipt(attemptId: string): Promise<FinalReceipt | undefined> {
    return this.#receipts.get(attemptId);
  }
  async finish(attemptId: string, _paperId: string | null, receipt: FinalReceipt): Promise<void> {
    this.#receipts.set(attemptId, receipt);
    await this.drop();
  }
  async drop(): Promise<void> {
    this.#attempt = undefined;
    this.#mark = undefined;
    this.#ops.clear();
    this.#papers.clear();
  }
  async clear(): Promise<void> {
    this.#receipts.clear();
    await this.drop();
  }
}

/** Opens the browser's storage and proves with one write that it works; otherwise falls back to memory. */
export async function openStore(name = "exam"): Promise<ExamStore> {
  try {
    const db = await openDB<ExamDatabase>(name, 2, {
      upgrade(database) {
        for (const store of STORES)
          if (!database.objectStoreNames.contains(store)) database.createObjectStore(store);
      },
    });
    const tx = db.transaction("papers", "readwrite", STRICT);
    await Promise.all([tx.store.put(new ArrayBuffer(1), "probe"), tx.store.delete("probe"), tx.done]);
    return new IndexedDbStore(db);
  } catch {
    return new MemoryStore();
  }
}
