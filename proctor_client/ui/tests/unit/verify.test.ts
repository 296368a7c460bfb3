import { expect, test, vi } from "vitest";
import { bytesOfBase64 } from "../../src/lib/base64";
import { isSignedBy } from "../../src/verify/ed25519";
import { isAllowedName } from "../../src/verify/names";
import { readPayload } from "../../src/verify/payload";
import { formatPublicId } from "../../src/verify/publicId";
import type { KeyFacts, Sources, StatusList } from "../../src/verify/sources";
import { judge } from "../../src/verify/verdict";
import vectors from "./verify.vectors.json";

const NOW = Date.parse("2026-12-22T04:00:00Z");
const ISSUED = Date.parse("2026-12-22T03:00:00Z");
const DAY = 86_400_000;
const good = vectors.valid.digits;

const key = (changes: Partial<KeyFacts> = {}): KeyFacts => ({
  kid: vectors.kid,
  public_key: vectors.publicKey,
  not_before: "2026-12-01",
  not_after: "2028-12-01",
  revoked_at: null,
  ...changes,
});

const sources = (
  list: StatusList | null = vectors.lists.clean,
  { keys = [key()], isFresh = true }: { keys?: KeyFacts[] | null; isFresh?: boolean } = {},
): Sources => ({ keys: keys && { value: keys, isFresh }, list: list && { value: list, isFresh } });

test("a code says what was signed", () => {
  const facts = readPayload(good)?.facts;
  expect(facts).toMatchObject({
    kid: vectors.kid,
    statusIndex: 70_001,
    level: "basic",
    issuedOn: "2026-12-22",
    board: "LD",
    serialNumber: "CB 0012345",
    name: "Nguyễn Thị Thuỳ Dương",
  });
  expect(Buffer.from(facts?.publicId ?? []).toString("hex")).toBe(vectors.valid.publicId);
});

test.each([vectors.ethnicName, vectors.longName])("the name $name is read", ({ digits, name }) => {
  expect(readPayload(digits)?.facts.name).toBe(name);
});

test.each(Object.entries(vectors.malformed))("a malformed code is not read: %s", async (_case, digits) => {
  expect(readPayload(digits)).toBeNull();
  expect(await judge(digits, sources(), NOW)).toEqual({ tone: "amber", reason: "unreadable", facts: null });
});

test.each(Object.entries(vectors.forged))("a forged code is red: %s", async (_case, digits) => {
  expect(await judge(digits, sources(), NOW)).toEqual({ tone: "red", reason: "forged" });
});

test("no flipped bit of a code stays green or shows facts", async () => {
  const number = BigInt(good);
  const bits = number.toString(2).length;
  for (let bit = 0; bit < bits; bit += 1) {
    const verdict = await judge(String(number ^ (1n << BigInt(bit))), sources(), NOW);
    expect(verdict.tone).not.toBe("green");
    expect("facts" in verdict ? verdict.facts : null).toBeNull();
  }
});

test("a valid certificate is green with what to compare", async () => {
  const verdict = await judge(good, sources(), NOW);
  expect(verdict).toMatchObject({ tone: "green", listIssuedAt: "2026-12-22T03:00:00.000Z" });
  expect("facts" in verdict && verdict.facts?.name).toBe("Nguyễn Thị Thuỳ Dương");
});

test("other certificates' revocations do not matter", async () => {
  expect((await judge(good, sources(vectors.lists.others), NOW)).tone).toBe("green");
});

test.each(["revoked", "superseded"] as const)(
  "a %s certificate is red, also by an old list",
  async (status) => {
    for (const [isFresh, now] of [
      [true, NOW],
      [false, NOW],
      [false, NOW + 400 * DAY],
    ] as const) {
      const verdict = await judge(good, sources(vectors.lists[status], { isFresh }), now);
      expect(verdict).toMatchObject({ tone: "red", reason: status });
    }
  },
);

test.each([
  ["no_keys", sources(vectors.lists.clean, { keys: null })],
  ["unknown_key", sources(vectors.lists.clean, { keys: [] })],
  ["unknown_key", sources(vectors.lists.clean, { keys: [key({ kid: "00000000" })] })],
  ["key_revoked", sources(vectors.lists.clean, { keys: [key({ revoked_at: "2027-01-01T00:00:00Z" })] })],
  ["key_not_valid_then", sources(vectors.lists.clean, { keys: [key({ not_before: "2026-12-23" })] })],
  ["key_not_valid_then", sources(vectors.lists.clean, { keys: [key({ not_after: "2026-12-22" })] })],
  ["no_list", sources(null)],
  ["list_untrusted", sources(vectors.lists.forged)],
  ["list_untrusted", sources({ ...vectors.lists.clean, ttl_seconds: 864_000 })],
  ["list_untrusted", sources({ ...vectors.lists.revoked, bits: vectors.lists.clean.bits })],
  ["list_untrusted", sources({ ...vectors.lists.clean, kid: "00000000" })],
  ["not_in_list", sources(vectors.lists.short)],
  ["not_in_list", sources(vectors.lists.reserved)],
] as const)("what cannot be checked is amber: %s", async (reason, given) => {
  expect(await judge(good, given, NOW)).toMatchObject({ tone: "amber", reason });
});

test.each([
  [ISSUED + DAY, "green"],
  [ISSUED + DAY + 1, "list_stale"],
  [ISSUED - 10 * 60_000, "green"],
  [ISSUED - 10 * 60_000 - 1, "clock_wrong"],
])("a kept list is relied on within its time to live and a right clock: %d %s", async (now, expected) => {
  const verdict = await judge(good, sources(vectors.lists.clean, { isFresh: false }), now);
  expect(verdict.tone === "amber" ? verdict.reason : verdict.tone).toBe(expected);
});

test("a list that the server gave just now is its present word, whatever the clock says", async () => {
  expect((await judge(good, sources(), NOW + 400 * DAY)).tone).toBe("green");
});

test("a key counts from its first day to the day before its last", async () => {
  const keys = [key({ not_before: "2026-12-22", not_after: "2026-12-23" })];
  expect((await judge(good, sources(vectors.lists.clean, { keys }), NOW)).tone).toBe("green");
});

test("without https nothing is claimed", async () => {
  vi.stubGlobal("crypto", {});
  try {
    expect(await judge(good, sources(), NOW)).toEqual({ tone: "amber", reason: "insecure", facts: null });
  } finally {
    vi.unstubAllGlobals();
  }
});

test("a browser without Ed25519 checks with the library and comes to the same answers", async () => {
  const { subtle } = globalThis.crypto;
  const limited = {
    digest: subtle.digest.bind(subtle),
    importKey: () => Promise.reject(new Error("NotSupported")),
  };
  vi.stubGlobal("crypto", { subtle: limited });
  try {
    expect((await judge(good, sources(), NOW)).tone).toBe("green");
    expect(await judge(vectors.forged.changedName, sources(), NOW)).toEqual({
      tone: "red",
      reason: "forged",
    });
    expect(await isSignedBy(new Uint8Array(32).fill(255), new Uint8Array(64), new Uint8Array(1))).toBe(false);
  } finally {
    vi.unstubAllGlobals();
  }
});

test.each([
  ["Nguyễn Thị Thuỳ Dương", true],
  ["K' Brếp", true],
  ["H\u2019Hen Niê", true],
  ["Y Ƀlŏ Ñĭ", true],
  ["Lê Thị Bích-Ngọc", true],
  ["A".repeat(80), true],
  ["A".repeat(81), false],
  ["", false],
  [" An", false],
  ["An ", false],
  ["Lê\u00a0An", false],
  ["Lê\u200bAn", false],
  ["<b>An</b>", false],
  ["H\u03bfa", false],
  ["Hoa\u0300", false],
  ["e\u0306", false],
])("the name %j is allowed: %s", (name, isAllowed) => {
  expect(isAllowedName(name)).toBe(isAllowed);
});

test("a public id is written in groups with its check character", () => {
  // 64 zero bits: thirteen zeros and the check of nothing.
  expect(formatPublicId(new Uint8Array(8))).toBe("00000-00000-0000");
  // The number 1: its weight x in GF(32) is 2.
  expect(formatPublicId(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1))).toBe("00000-00000-0012");
  // 2^64 - 1: F and twelve Z, whatever the check.
  expect(formatPublicId(new Uint8Array(8).fill(255))).toMatch(/^FZZZZ-ZZZZZ-ZZZ[0-9A-HJKMNP-TV-Z]$/);
  expect(bytesOfBase64("AAEC")).toEqual(Uint8Array.of(0, 1, 2));
});
