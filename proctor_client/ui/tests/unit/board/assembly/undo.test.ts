import { expect, test } from "vitest";
import { after, redone, startOf, undone } from "../../../../src/board/assembly/blueprint/undo";

test("steps are taken back in turn and taken again", () => {
  const steps = after(after(startOf("a"), "b"), "c");
  const back = undone(undone(steps));
  expect(back.present).toBe("a");
  expect(redone(back).present).toBe("b");
  expect(redone(redone(back))).toEqual(steps);
});

test("a new change forgets what was taken back", () => {
  const steps = after(undone(after(startOf("a"), "b")), "c");
  expect(steps).toEqual({ past: ["a"], present: "c", future: [] });
});

test("a change that changes nothing is no step", () => {
  const steps = startOf({ count: 1 });
  expect(after(steps, { count: 1 })).toBe(steps);
});

test("there is nothing before the first state and nothing after the last", () => {
  const steps = startOf("a");
  expect(undone(steps)).toEqual(steps);
  expect(redone(steps)).toEqual(steps);
});

test("the oldest of very many steps are let go", () => {
  let steps = startOf(0);
  for (let i = 1; i <= 150; i++) steps = after(steps, i);
  expect(steps.past.length).toBe(100);
  expect(steps.past[0]).toBe(50);
});
