/** The hash chain that makes a journal tamper-evident: each hash covers the one before and the exact body text. */
import type { JournalOp } from "../lib/api/types";

const encoder = new TextEncoder();

async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Head of the empty journal. */
export const genesis = (attemptId: string): Promise<string> => sha256Hex(`journal\n${attemptId}`);

/** Hash of the operation whose body follows `previous`. */
export const link = (previous: string, body: string): Promise<string> => sha256Hex(`${previous}\n${body}`);

/** The longest start of `ops` that is numbered 1, 2, 3 … and whose hashes hold. */
export async function soundPrefix(attemptId: string, ops: readonly JournalOp[]): Promise<JournalOp[]> {
  let head = await genesis(attemptId);
  const sound: JournalOp[] = [];
  for (const op of ops) {
    if (op.seq !== sound.length + 1 || op.hash !== (await link(head, op.body))) break;
    head = op.hash;
    sound.push(op);
  }
  return sound;
}

export interface Merged {
  ops: JournalOp[];
  /** Local operations that do not continue what the server holds; kept aside, never mixed in. */
  stranded: JournalOp[];
}

/** Joins what the server has stored with what this browser still holds. The server's journal is never rewritten. */
export function merge(stored: readonly JournalOp[], local: readonly JournalOp[]): Merged {
  let shared = 0;
  while (shared < stored.length && shared < local.length && stored[shared]?.hash === local[shared]?.hash)
    shared += 1;
  const rest = local.slice(shared);
  return shared === stored.length
    ? { ops: [...stored, ...rest], stranded: [] }
    : { ops: [...stored], stranded: rest };
}
