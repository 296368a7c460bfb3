import { expect, test } from "vitest";
import { EVENTS, notRising, windowForm, windowInput } from "../../../src/board/sittings/window/windowForm";

test("a rule-set that says nothing notes the focus and tells nothing else, as the server has it", () => {
  const form = windowForm({});
  expect([form.fullscreen, form.blocks]).toEqual([false, []]);
  expect(form.rows.map(({ event }) => event)).toEqual([...EVENTS]);
  expect(form.rows.filter(({ severity }) => severity !== "ignored").map(({ event }) => event)).toEqual([
    "focus",
  ]);
  expect(windowForm({ lockdown: null })).toEqual(form);
});

test("what is stored comes back as it was, the shorthand spelt out", () => {
  const form = windowForm({
    lockdown: {
      fullscreen: true,
      blocks: ["copy"],
      events: {
        second_tab: "serious",
        focus: { severity: "note", repeated_from: 3, repeated_as: "warning" },
      },
    },
  });
  const input = windowInput(form);
  expect(input).toMatchObject({ fullscreen: true, blocks: ["copy"] });
  const { focus, second_tab } = input.events ?? {};
  expect(focus).toEqual({ severity: "note", repeated_from: 3, repeated_as: "warning" });
  expect(second_tab).toEqual({ severity: "serious" });
  expect(windowForm({ lockdown: input })).toEqual(form);
});

test("what is repeated must be graver", () => {
  const form = windowForm({});
  const [first, second] = form.rows;
  if (!first || !second) throw new Error("no rows");
  Object.assign(first, { severity: "warning", from: 2, graver: "warning" });
  expect(notRising(form)).toBe("focus");
  first.graver = "serious";
  expect(notRising(form)).toBeNull();
  Object.assign(second, { severity: "serious", from: null, graver: "note" });
  expect(notRising(form)).toBeNull();
});
