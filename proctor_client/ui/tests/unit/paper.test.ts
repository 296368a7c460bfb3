import { createCipheriv, createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { afterEach, expect, test, vi } from "vitest";
import { fetchSealed, importPaperKey, openPaper } from "../../src/exam/paper";
import type { SealedPaper } from "../../src/lib/api/types";

const KEY = Buffer.alloc(32, 7);
const AAD = "sitting:form:1";
const PAPER = { form_code: "101", title: "Đề số 101", duration_ms: 3_600_000, items: [] };

/** Sealed by Node's own OpenSSL in the layout of the protocol: nonce, ciphertext, tag. */
function sealed(content: unknown = PAPER): ArrayBuffer {
  const nonce = Buffer.alloc(12, 1);
  const cipher = createCipheriv("aes-256-gcm", KEY, nonce).setAAD(Buffer.from(AAD));
  const text = Buffer.concat([cipher.update(deflateSync(JSON.stringify(content))), cipher.final()]);
  return new Uint8Array(Buffer.concat([nonce, text, cipher.getAuthTag()])).buffer;
}

const facts = (bytes: ArrayBuffer): SealedPaper => ({
  id: "p1",
  url: "/papers/p1.bin",
  sha256: createHash("sha256").update(new Uint8Array(bytes)).digest("hex"),
  bytes: bytes.byteLength,
  additional_data: AAD,
});

const memory = (kept?: ArrayBuffer) => {
  const papers = new Map<string, ArrayBuffer>(kept ? [["p1", kept]] : []);
  return {
    paper: async (id: string) => papers.get(id),
    savePaper: async (id: string, bytes: ArrayBuffer) => void papers.set(id, bytes),
    papers,
  };
};

afterEach(() => vi.unstubAllGlobals());

test("a paper opens with its key and its additional data", async () => {
  const key = await importPaperKey(KEY.toString("base64"));
  expect(await openPaper(sealed(), key, AAD)).toEqual(PAPER);
});

test("another sitting's additional data, a wrong key and a flipped byte are all refused", async () => {
  const key = await importPaperKey(KEY.toString("base64"));
  await expect(openPaper(sealed(), key, "other:form:1")).rejects.toThrow("key");
  const wrong = await importPaperKey(Buffer.alloc(32, 8).toString("base64"));
  await expect(openPaper(sealed(), wrong, AAD)).rejects.toThrow("key");
  const flipped = new Uint8Array(sealed());
  flipped[20] = (flipped[20] ?? 0) ^ 1;
  await expect(openPaper(flipped.buffer, key, AAD)).rejects.toThrow("key");
});

test("the key cannot be read back", async () => {
  const key = await importPaperKey(KEY.toString("base64"));
  await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
});

test("a download is checked, kept and reports how far it is", async () => {
  const bytes = sealed();
  vi.stubGlobal("fetch", async () => new Response(bytes));
  const store = memory();
  const shares: number[] = [];
  const got = await fetchSealed(facts(bytes), store, (share) => shares.push(share));
  expect(new Uint8Array(got)).toEqual(new Uint8Array(bytes));
  expect(store.papers.has("p1")).toBe(true);
  expect(shares.at(-1)).toBe(1);
});

test("bytes that are not the announced ones are refused and not kept", async () => {
  const bytes = sealed();
  vi.stubGlobal("fetch", async () => new Response(sealed({ ...PAPER, title: "khác" })));
  const store = memory();
  await expect(fetchSealed(facts(bytes), store, () => {})).rejects.toThrow("digest");
  expect(store.papers.size).toBe(0);
});

test("a kept paper needs no network, and a damaged one is fetched again", async () => {
  const bytes = sealed();
  const download = vi.fn(async () => new Response(bytes));
  vi.stubGlobal("fetch", download);
  await fetchSealed(facts(bytes), memory(bytes), () => {});
  expect(download).not.toHaveBeenCalled();
  await fetchSealed(facts(bytes), memory(new ArrayBuffer(5)), () => {});
  expect(download).toHaveBeenCalledOnce();
});
