/** Takes the place of the server while the sample exam is done: it vouches for what stands on this computer. */

import type { AttemptServer } from "../exam/attemptSetup";
import type { Batch } from "../exam/outbox";
import type { Receipt } from "../lib/api/types";

export interface Own {
  attemptId: string;
  /** Epoch ms. */
  deadlineMs: number;
  lastSeq: number;
  head: string;
}

export function ownServer(own: Own): AttemptServer {
  const receipt = (): Receipt => {
    const now = Date.now();
    return {
      attempt_id: own.attemptId,
      epoch: 1,
      last_seq: own.lastSeq,
      chain_head: own.head,
      server_time: new Date(now).toISOString(),
      remaining_ms: Math.max(0, own.deadlineMs - now),
      phase: "running",
      deadline: new Date(own.deadlineMs).toISOString(),
      health: 0,
      want_from: null,
      conflicts: [],
      refused: [],
      instructions: [],
      signature: "",
    };
  };
  const take = ({ ops }: Pick<Batch, "ops">): void => {
    const last = ops.at(-1);
    if (last) [own.lastSeq, own.head] = [last.seq, last.hash];
  };
  return {
    postJournal: async (_id, _epoch, batch) => {
      take(batch);
      return receipt();
    },
    postSubmission: async (_id, { last_seq, chain_head }) => {
      [own.lastSeq, own.head] = [last_seq, chain_head];
      return { state: "submitted", receipt: receipt() } as Awaited<
        ReturnType<AttemptServer["postSubmission"]>
      >;
    },
    postStage: () => Promise.reject(new Error("one piece")),
    readSections: () => Promise.reject(new Error("one piece")),
    news: () => ({ listen: () => {}, close: () => {} }),
  };
}
