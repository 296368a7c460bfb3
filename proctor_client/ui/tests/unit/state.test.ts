import { expect, test } from "vitest";
import { type Act, type Answers, actsOf, apply, fold, noAnswers, positions } from "../../src/exam/state";
import type { JournalOp } from "../../src/lib/api/types";

const after = (...acts: Act[]): Answers => acts.reduce(apply, noAnswers);

test("the last answer to an item is the one that counts", () => {
  const answers = after(
    { kind: "answer", item: "q01", value: ["a"] },
    { kind: "answer", item: "q02", value: ["x"] },
    { kind: "answer", item: "q01", value: ["b"] },
  );
  expect([...answers.responses]).toEqual([
    ["q01", ["b"]],
    ["q02", ["x"]],
  ]);
});

test("a cleared answer is no answer, and can be given again", () => {
  const cleared = after({ kind: "answer", item: "q01", value: ["a"] }, { kind: "clear", item: "q01" });
  expect(cleared.responses.has("q01")).toBe(false);
  expect(apply(cleared, { kind: "answer", item: "q01", value: ["c"] }).responses.get("q01")).toEqual(["c"]);
});

test("flagging says nothing about the answer", () => {
  const answers = after(
    { kind: "answer", item: "q01", value: ["a"] },
    { kind: "flag", item: "q01" },
    { kind: "flag", item: "q02" },
    { kind: "unflag", item: "q01" },
  );
  expect([...answers.flagged]).toEqual(["q02"]);
  expect(answers.responses.size).toBe(1);
});

test("losing the focus or the network changes no answer", () => {
  const answers = after({ kind: "answer", item: "q01", value: ["a"] }, { kind: "navigate", item: "q05" });
  for (const kind of ["focus_lost", "focus_gained", "offline", "online"] as const) {
    expect(apply(answers, { kind })).toBe(answers);
  }
});

test("applying an act leaves the earlier answers as they were", () => {
  const before = after({ kind: "answer", item: "q01", value: ["a"] });
  apply(before, { kind: "answer", item: "q01", value: ["b"] });
  apply(before, { kind: "clear", item: "q01" });
  apply(before, { kind: "flag", item: "q01" });
  expect(before.responses.get("q01")).toEqual(["a"]);
  expect(before.flagged.size).toBe(0);
});

test("a stored journal folds to the same answers as the acts did, ignoring kinds of later versions", () => {
  const bodies = [
    '{"seq":1,"kind":"navigate","item":"q07","at_ms":10}',
    '{"seq":2,"kind":"answer","item":"q07","value":["k3f9"],"at_ms":81234}',
    '{"seq":3,"kind":"zoom","percent":150,"at_ms":81500}',
    '{"seq":4,"kind":"flag","item":"q07","at_ms":82000}',
  ];
  const ops: JournalOp[] = bodies.map((body, i) => ({ seq: i + 1, hash: "", body }));
  const answers = fold(actsOf(ops));
  expect(answers.current).toBe("q07");
  expect(answers.responses.get("q07")).toEqual(["k3f9"]);
  expect(answers.flagged.has("q07")).toBe(true);
});

test("positions are counted from 1 in the order of the candidate's own paper", () => {
  expect(positions(["q09", "q02", "q05"], (ref) => ref !== "q02")).toEqual([1, 3]);
});
