import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Batch, heartbeatDelayMs, Outbox, retryDelayMs, saveDelayMs } from "../../src/exam/outbox";
import { ApiProblem } from "../../src/lib/api/problem";
import type { JournalOp, Receipt } from "../../src/lib/api/types";

const ATTEMPT = "attempt";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const GENESIS = sha256(`journal\n${ATTEMPT}`);

/** Deterministic noise for one test (mulberry32). */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

class FakeJournal {
  readonly ops: JournalOp[] = [];
  get lastSeq(): number {
    return this.ops.length;
  }
  hashAt(seq: number): string | undefined {
    return seq === 0 ? GENESIS : this.ops[seq - 1]?.hash;
  }
  after(seq: number, limit: number): JournalOp[] {
    return this.ops.slice(seq, seq + limit);
  }
  append(text = ""): void {
    const body = JSON.stringify({ seq: this.lastSeq + 1, text });
    this.ops.push({ seq: this.lastSeq + 1, hash: sha256(`${this.hashAt(this.lastSeq)}\n${body}`), body });
  }
}

/** Keeps the protocol's promises: contiguous, idempotent, never overwrites, verifies the chain. */
class FakeServer {
  readonly stored: JournalOp[] = [];
  conflicts = 0;
  calls = 0;
  readonly confirmed: string[] = [];

  receive({ ops, confirmed }: Batch): Receipt {
    this.calls += 1;
    let wantFrom: number | null = null;
    for (const op of ops) {
      const known = this.stored[op.seq - 1];
      if (known) {
        if (known.hash !== op.hash) this.conflicts += 1;
      } else if (op.seq === this.stored.length + 1) {
        expect(op.hash).toBe(sha256(`${this.head()}\n${op.body}`));
        this.stored.push(op);
      } else {
        wantFrom ??= this.stored.length + 1;
      }
    }
    this.confirmed.push(...confirmed);
    return this.receipt({ want_from: wantFrom });
  }

  head(): string {
    return this.stored.at(-1)?.hash ?? GENESIS;
  }

  receipt(over: Partial<Receipt> = {}): Receipt {
    return {
      attempt_id: ATTEMPT,
      epoch: 1,
      last_seq: this.stored.length,
      chain_head: this.head(),
      server_time: "2026-12-12T02:00:00Z",
      remaining_ms: 1_000_000,
      phase: "running",
      deadline: "2026-12-12T03:00:00Z",
      health: 0,
      want_from: null,
      conflicts: [],
      refused: [],
      instructions: [],
      signature: "",
      ...over,
    };
  }
}

const problem = (status: number, code: string, retryAfterMs: number | null = null): ApiProblem =>
  new ApiProblem(status, code, "", "", [], retryAfterMs);

function outboxTo(
  send: (batch: Batch) => Promise<Receipt>,
  journal: FakeJournal,
  random: () => number = () => 0.5,
): { outbox: Outbox; receipts: Receipt[] } {
  const receipts: Receipt[] = [];
  const outbox = new Outbox({
    journal,
    attemptId: ATTEMPT,
    epoch: 1,
    acknowledged: 0,
    send,
    timers: {
      now: () => performance.now(),
      set: (act, ms) => setTimeout(act, ms),
      clear: (timer) => clearTimeout(timer as number),
    },
    random,
    onReceipt: (receipt) => receipts.push(receipt),
    onChange: () => {},
  });
  return { outbox, receipts };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test.each([1, 2, 3, 4, 5])(
  "nothing is lost or doubled through drops, lost and late receipts, 503 and gaps (noise %i)",
  async (seed) => {
    const random = noise(seed);
    const server = new FakeServer();
    const journal = new FakeJournal();
    let late: Receipt | null = null;
    const send = async (batch: Batch): Promise<Receipt> => {
      const luck = random();
      if (luck < 0.2) throw problem(0, "network_unreachable");
      if (luck < 0.35) throw problem(503, "busy", 500);
      if (luck < 0.4 && server.stored.length > 2) {
        // A database restored from a moment ago: the newest operations are gone and asked for again.
        server.stored.length -= 2;
        return server.receipt({ want_from: server.stored.length + 1 });
      }
      const receipt = server.receive(batch);
      if (luck < 0.6) throw problem(0, "network_unreachable"); // stored, but the receipt is lost
      if (luck < 0.7 && late) return late;
      if (luck < 0.8) late = receipt;
      return receipt;
    };
    const { outbox } = outboxTo(send, journal, random);
    outbox.start();
    for (let i = 0; i < 60; i += 1) {
      journal.append();
      outbox.wake();
      await vi.advanceTimersByTimeAsync(random() * 2_000);
    }
    await vi.advanceTimersByTimeAsync(3_600_000);
    outbox.stop();
    expect(server.stored).toEqual(journal.ops);
    expect(server.conflicts).toBe(0);
    expect(outbox.pending).toBe(0);
  },
);

test("an idle attempt is heard from every 12 to 18 seconds", async () => {
  const server = new FakeServer();
  const { outbox } = outboxTo(async (batch) => server.receive(batch), new FakeJournal(), noise(9));
  outbox.start();
  await vi.advanceTimersByTimeAsync(600_000);
  outbox.stop();
  expect(server.calls).toBeGreaterThanOrEqual(600 / 18);
  expect(server.calls).toBeLessThanOrEqual(600 / 12 + 1);
});

test("many answers typed offline arrive in batches of at most 200", async () => {
  const server = new FakeServer();
  const journal = new FakeJournal();
  for (let i = 0; i < 450; i += 1) journal.append();
  const sizes: number[] = [];
  const { outbox } = outboxTo(async (batch) => {
    sizes.push(batch.ops.length);
    return server.receive(batch);
  }, journal);
  await outbox.flush();
  expect(sizes).toEqual([200, 200, 50]);
  expect(server.stored).toHaveLength(450);
});

test("long texts typed offline go in batches that a slow line can bring, each with one at least", async () => {
  const server = new FakeServer();
  const journal = new FakeJournal();
  for (const length of [90_000, 90_000, 90_000, 300_000, 10, 10]) journal.append("ă".repeat(length));
  const sizes: number[] = [];
  const { outbox } = outboxTo(async (batch) => {
    sizes.push(batch.ops.length);
    return server.receive(batch);
  }, journal);
  await outbox.flush();
  expect(sizes).toEqual([2, 1, 1, 2]);
  expect(server.stored).toEqual(journal.ops);
});

test("while the server is busy it is left alone for at least as long as it asked", async () => {
  const journal = new FakeJournal();
  const times: number[] = [];
  const { outbox } = outboxTo(async () => {
    times.push(performance.now());
    throw problem(503, "busy", 20_000);
  }, journal);
  outbox.start();
  for (let i = 0; i < 100; i += 1) {
    journal.append();
    outbox.wake();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  outbox.stop();
  expect(outbox.link).toBe("busy");
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  expect(gaps.length).toBeGreaterThan(1);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(20_000);
});

test("health 10 holds saves back but never for ever, however fast the candidate answers", async () => {
  const server = new FakeServer();
  const journal = new FakeJournal();
  const { outbox } = outboxTo(async (batch) => ({ ...server.receive(batch), health: 10 }), journal, noise(4));
  outbox.start();
  await vi.advanceTimersByTimeAsync(1);
  for (let i = 0; i < 120; i += 1) {
    journal.append();
    outbox.wake();
    await vi.advanceTimersByTimeAsync(500);
  }
  outbox.stop();
  expect(server.calls).toBeLessThanOrEqual(7);
  expect(server.stored.length).toBeGreaterThan(40);
});

test.each([
  ["seat_fenced", "fenced"],
  ["attempt_closed", "closed"],
] as const)("409 %s ends sending for good", async (code, end) => {
  let calls = 0;
  const { outbox } = outboxTo(async () => {
    calls += 1;
    throw problem(409, code);
  }, new FakeJournal());
  outbox.start();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(outbox.end).toBe(end);
  expect(calls).toBe(1);
});

test("a browser that has lost the seat hands over all it holds, over a bad line, and then is silent", async () => {
  const journal = new FakeJournal();
  for (let count = 0; count < 450; count += 1) journal.append();
  const kept: number[] = [];
  let calls = 0;
  const { outbox } = outboxTo(async ({ ops }) => {
    calls += 1;
    if (calls === 2) throw problem(0, "network");
    kept.push(...ops.map(({ seq }) => seq));
    throw problem(409, "seat_fenced");
  }, journal);
  outbox.start();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(outbox.end).toBe("fenced");
  expect(kept).toEqual(journal.ops.map(({ seq }) => seq));
  expect(calls).toBe(4);
});

test("a browser that has lost the seat gives up after some failures", async () => {
  const journal = new FakeJournal();
  for (let count = 0; count < 450; count += 1) journal.append();
  let calls = 0;
  outboxTo(async () => {
    calls += 1;
    throw calls === 1 ? problem(409, "seat_fenced") : problem(0, "network");
  }, journal).outbox.start();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(calls).toBe(9);
});

test("an expired login keeps everything and goes on once it is renewed", async () => {
  const server = new FakeServer();
  const journal = new FakeJournal();
  let isSignedIn = false;
  const { outbox } = outboxTo(async (batch) => {
    if (!isSignedIn) throw problem(401, "not_signed_in");
    return server.receive(batch);
  }, journal);
  outbox.start();
  journal.append();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(outbox.link).toBe("signed_out");
  expect(outbox.pending).toBe(1);
  isSignedIn = true;
  outbox.retryNow();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(outbox.link).toBe("online");
  expect(server.stored).toHaveLength(1);
});

test("a journal that another browser has continued is not written over", async () => {
  const journal = new FakeJournal();
  journal.append();
  const server = new FakeServer();
  const { outbox, receipts } = outboxTo(
    async () => server.receipt({ last_seq: 1, chain_head: sha256("somebody else") }),
    journal,
  );
  outbox.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(outbox.end).toBe("forked");
  expect(receipts).toEqual([]);
});

test("a receipt for an older epoch changes nothing", async () => {
  const journal = new FakeJournal();
  journal.append();
  const server = new FakeServer();
  const { outbox, receipts } = outboxTo(async (batch) => ({ ...server.receive(batch), epoch: 0 }), journal);
  outbox.start();
  await vi.advanceTimersByTimeAsync(10);
  outbox.stop();
  expect(outbox.acknowledged).toBe(0);
  expect(receipts).toEqual([]);
});

test("what the server refuses for good is given up from there on, so that submission can go ahead", async () => {
  const server = new FakeServer();
  const journal = new FakeJournal();
  for (let i = 0; i < 5; i += 1) journal.append();
  const { outbox } = outboxTo(async ({ ops }) => {
    const inTime = ops.filter(({ seq }) => seq <= 3);
    const receipt = server.receive({ ops: inTime, confirmed: [] });
    return {
      ...receipt,
      refused: ops.filter(({ seq }) => seq > 3).map(({ seq }) => ({ seq, code: "captured_late" })),
    };
  }, journal);
  await outbox.flush();
  expect(outbox.acknowledged).toBe(3);
  expect(outbox.refusedFrom).toBe(4);
  expect(outbox.pending).toBe(0);
});

test("an operation refused because the attempt is closed ends sending", async () => {
  const server = new FakeServer();
  const journal = new FakeJournal();
  journal.append();
  const { outbox } = outboxTo(async () => server.receipt({ refused: [{ seq: 1, code: "closed" }] }), journal);
  await outbox.flush();
  expect(outbox.end).toBe("closed");
  expect(outbox.acknowledged).toBe(0);
});

test("a flush that gets nowhere fails instead of running in circles", async () => {
  const server = new FakeServer();
  const journal = new FakeJournal();
  journal.append();
  const { outbox } = outboxTo(async () => server.receipt(), journal);
  await expect(outbox.flush()).rejects.toMatchObject({ code: "no_progress" });
});

test("an instruction is confirmed until a receipt shows that the server knows", async () => {
  const server = new FakeServer();
  let calls = 0;
  const { outbox } = outboxTo(async (batch) => {
    calls += 1;
    if (calls === 1) throw problem(0, "network_unreachable");
    return server.receive(batch);
  }, new FakeJournal());
  outbox.confirm("message-1");
  await vi.advanceTimersByTimeAsync(60_000);
  outbox.stop();
  expect(server.confirmed).toEqual(["message-1"]);
});

describe("delays", () => {
  test("a healthy server gets saves after a third of a second", () => {
    expect(saveDelayMs(0, 0.99)).toBe(300);
  });
  test("a busier server gets them spread wider, and at 10 not before ten seconds", () => {
    expect(saveDelayMs(5, 1)).toBe(5_300);
    expect(saveDelayMs(10, 0)).toBe(10_000);
    expect(saveDelayMs(10, 1)).toBe(30_000);
  });
  test("retries double up to half a minute, give or take half", () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((failures) => retryDelayMs(failures, null, 0.5))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ]);
    expect(retryDelayMs(1, null, 0)).toBe(500);
    expect(retryDelayMs(9, null, 1)).toBe(45_000);
  });
  test("Retry-After is the least", () => {
    expect(retryDelayMs(1, 20_000, 0)).toBe(20_000);
    expect(retryDelayMs(1, 0, 1)).toBe(1_000);
  });
  test("heartbeats are spread around 15 seconds", () => {
    expect(heartbeatDelayMs(0)).toBe(12_000);
    expect(heartbeatDelayMs(1)).toBeCloseTo(18_000);
  });
});
