import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { soundPrefix } from "../../src/exam/chain";
import { Journal } from "../../src/exam/journal";
import { openStore } from "../../src/exam/store";
import type { JournalOp } from "../../src/lib/api/types";

let databases = 0;
const freshStore = () => openStore(`journal-${databases++}`);

test("operations appended without waiting are numbered and chained in order, and stored", async () => {
  const store = await freshStore();
  const journal = await Journal.open("attempt", [], store);
  await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      journal.append({ kind: "answer", item: `q${i}`, value: [`o${i}`] }, i * 10),
    ),
  );
  const stored = await store.ops("attempt");
  expect(await soundPrefix("attempt", stored)).toHaveLength(30);
  expect(stored).toEqual(journal.after(0, 100));
  expect(journal.head).toBe(stored.at(-1)?.hash);
});

test("a journal opened again goes on where it was", async () => {
  const store = await freshStore();
  const first = await Journal.open("attempt", [], store);
  await first.append({ kind: "flag", item: "q01" }, 1_000);
  const second = await Journal.open("attempt", await store.ops("attempt"), store);
  await second.append({ kind: "unflag", item: "q01" }, 2_000);
  const stored = await store.ops("attempt");
  expect(stored.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(await soundPrefix("attempt", stored)).toHaveLength(2);
});

test("time in the journal never runs backwards, though a corrected clock may", async () => {
  const journal = await Journal.open("attempt", [], await freshStore());
  await journal.append({ kind: "navigate", item: "q01" }, 5_000.4);
  await journal.append({ kind: "navigate", item: "q02" }, 4_000);
  const times = journal.after(0, 10).map(({ body }) => (JSON.parse(body) as { at_ms: number }).at_ms);
  expect(times).toEqual([5_000, 5_000]);
});

test("a disk that refuses is noticed, and the operation still goes to the server", async () => {
  const refusing = { putOp: () => Promise.reject(new DOMException("full", "QuotaExceededError")) };
  const journal = await Journal.open("attempt", [], refusing);
  await journal.append({ kind: "flag", item: "q01" }, 1);
  await journal.append({ kind: "unflag", item: "q01" }, 2);
  expect(journal.hasStoreFailed).toBe(true);
  expect(await soundPrefix("attempt", journal.after(0, 10))).toHaveLength(2);
});

test("one attempt's operations are never mixed with another's", async () => {
  const store = await freshStore();
  const op = (seq: number): JournalOp => ({ seq, hash: `h${seq}`, body: "{}" });
  await store.putOp("a", op(1));
  await store.putOp("b", op(1));
  await store.putOp("a", op(2));
  expect((await store.ops("a")).map(({ seq }) => seq)).toEqual([1, 2]);
  await store.replaceOps("a", [op(1)], [op(2)], 3);
  expect(await store.ops("a")).toHaveLength(1);
  expect(await store.ops("b")).toHaveLength(1);
});

test("after the final receipt the paper, key and answers are gone from the PC and the receipt stays", async () => {
  const store = await freshStore();
  const key = await crypto.subtle.importKey("raw", new Uint8Array(32), "AES-GCM", false, ["decrypt"]);
  await store.savePaper("p", new ArrayBuffer(8));
  await store.putOp("a", { seq: 1, hash: "h", body: "{}" });
  const attempt = { attempt_id: "a", epoch: 1, started_at: "", deadline: "", grace_ms: 0, paperKey: key };
  await store.saveAttempt({ ...attempt, seat: {} as never, stages: [] });
  const receipt = { receipt: {} as never, savedAtMs: 5, answered: 1, items: 2, late: 0 };
  await store.finish("a", "p", receipt);
  expect(await store.current()).toBeUndefined();
  expect(await store.ops("a")).toEqual([]);
  expect(await store.paper("p")).toBeUndefined();
  expect(await store.receipt("a")).toEqual(receipt);
});

test("a browser without storage says so and still works", async () => {
  const real = globalThis.indexedDB;
  Object.defineProperty(globalThis, "indexedDB", { value: undefined, configurable: true, writable: true });
  try {
    const store = await openStore("refused");
    expect(store.isDurable).toBe(false);
    await store.putOp("a", { seq: 1, hash: "h", body: "{}" });
    expect(await store.ops("a")).toHaveLength(1);
  } finally {
    Object.defineProperty(globalThis, "indexedDB", { value: real, configurable: true, writable: true });
  }
});
