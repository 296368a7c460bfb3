/** The candidate's operations: numbered, chained, and on the disk before they are sent. */
import type { JournalOp } from "../lib/api/types";
import { genesis, link } from "./chain";
import type { Act } from "./state";
import type { ExamStore } from "./store";

export class Journal {
  readonly #ops: JournalOp[];
  #head: string;
  /** Appends run one after the other: each needs the hash of the one before. */
  #tail: Promise<unknown> = Promise.resolve();
  #lastAtMs: number;
  #storeFailed = false;

  private constructor(
    readonly attemptId: string,
    ops: readonly JournalOp[],
    private readonly genesisHash: string,
    private readonly store: Pick<ExamStore, "putOp">,
  ) {
    this.#ops = [...ops];
    this.#head = ops.at(-1)?.hash ?? genesisHash;
    const last = ops.at(-1);
    this.#lastAtMs = last ? Number((JSON.parse(last.body) as { at_ms: number }).at_ms) : 0;
  }

  /** Continues `ops`, which must be a sound chain from 1. */
  static async open(
    attemptId: string,
    ops: readonly JournalOp[],
    store: Pick<ExamStore, "putOp">,
  ): Promise<Journal> {
    return new Journal(attemptId, ops, await genesis(attemptId), store);
  }

  get lastSeq(): number {
    return this.#ops.length;
  }

  get head(): string {
    return this.#head;
  }

  /** True once an operation could not be written to the disk; it is still sent to the server. */
  get hasStoreFailed(): boolean {
    return this.#storeFailed;
  }

  /** Hash after operation `seq`; the genesis for 0; undefined beyond the end. */
  hashAt(seq: number): string | undefined {
    return seq === 0 ? this.genesisHash : this.#ops[seq - 1]?.hash;
  }

  /** At most `limit` operations that follow `seq`. */
  after(seq: number, limit: number): JournalOp[] {
    return this.#ops.slice(seq, seq + limit);
  }

  /** Resolves once everything appended so far is chained and stored. */
  async settled(): Promise<void> {
    await this.#tail;
  }

  /** Chains one act and writes it to the disk. `atMs` counts from the start; it never runs backwards. */
  append(act: Act, atMs: number): Promise<JournalOp> {
    const appended = this.#tail.then(async () => {
      const seq = this.#ops.length + 1;
      this.#lastAtMs = Math.max(this.#lastAtMs, Math.round(atMs));
      const body = JSON.stringify({ seq, ...act, at_ms: this.#lastAtMs });
      const op: JournalOp = { seq, hash: await link(this.#head, body), body };
      try {
        await this.store.putOp(this.attemptId, op);
      } catch {
        this.#storeFailed = true;
      }
      this.#ops.push(op);
      this.#head = op.hash;
      return op;
    });
    this.#tail = appended;
    return appended;
  }
}
