import { expect, test } from "vitest";
import { genesis, link, merge, soundPrefix } from "../../src/exam/chain";
import type { JournalOp } from "../../src/lib/api/types";

// Made with Python's hashlib from the rule in the protocol, not with this code.
const ATTEMPT = "6f1c2d3e-0000-4000-8000-00000000000a";
const GENESIS = "64bf7436c9ebc55c1a61d278c6bc1e474e6a2aeb338207ee998ed5987496703b";
const FIRST: JournalOp = {
  seq: 1,
  hash: "eac6bed504c85017e9b62f4d005e579a5cb312025babb2559bca9676d62b390d",
  body: '{"seq":1,"kind":"answer","item":"q07","value":["k3f9"],"at_ms":81234}',
};
const SECOND: JournalOp = {
  seq: 2,
  hash: "879a7537d9205ba44c16d851806ad76f300c9586b62824ec734fd2fdebb98fd9",
  body: '{"seq":2,"kind":"flag","item":"q07","at_ms":82000}',
};

const op = (seq: number, hash: string): JournalOp => ({ seq, hash, body: "{}" });

test("genesis and links agree with an independent computation", async () => {
  expect(await genesis(ATTEMPT)).toBe(GENESIS);
  expect(await link(GENESIS, FIRST.body)).toBe(FIRST.hash);
  expect(await link(FIRST.hash, SECOND.body)).toBe(SECOND.hash);
});

test("a sound chain is kept whole", async () => {
  expect(await soundPrefix(ATTEMPT, [FIRST, SECOND])).toEqual([FIRST, SECOND]);
});

test.each([
  ["a changed body", [FIRST, { ...SECOND, body: SECOND.body.replace("82000", "82001") }], 1],
  ["a missing operation", [SECOND], 0],
  ["a repeated operation", [FIRST, FIRST], 1],
  ["another attempt's operation first", [{ ...FIRST, hash: SECOND.hash }, SECOND], 0],
])("a chain is trusted only up to %s", async (_what, ops, length) => {
  expect(await soundPrefix(ATTEMPT, ops)).toHaveLength(length);
});

test("operations not yet sent are joined to what the server holds", () => {
  const [a, b, c] = [op(1, "a"), op(2, "b"), op(3, "c")];
  expect(merge([a], [a, b, c])).toEqual({ ops: [a, b, c], stranded: [] });
  expect(merge([], [a, b])).toEqual({ ops: [a, b], stranded: [] });
});

test("a browser that holds less takes what the server has", () => {
  const [a, b] = [op(1, "a"), op(2, "b")];
  expect(merge([a, b], [a])).toEqual({ ops: [a, b], stranded: [] });
  expect(merge([a, b], [])).toEqual({ ops: [a, b], stranded: [] });
});

test("after a fork the server's journal stands and the local rest is put aside, not mixed in", () => {
  const [a, b, otherB, otherC] = [op(1, "a"), op(2, "b"), op(2, "b'"), op(3, "c'")];
  expect(merge([a, b], [a, otherB, otherC])).toEqual({ ops: [a, b], stranded: [otherB, otherC] });
});
