import { describe, expect, test } from "vitest";
import { unfinished, unfinishedDetails, wire } from "../../../../src/board/authoring/model/wire";
import {
  blankContent,
  blankKey,
  blankWork,
  type Content,
  type ContentOf,
  type Key,
  type KeyOf,
  kinds,
} from "../../../../src/board/authoring/model/work";

const gap = (id: string): string => `<span data-gap="${id}"></span>`;

describe("a key", () => {
  test.each(kinds)("of a new %s says nothing, so none is sent", (kind) => {
    expect(wire({ content: blankContent(kind), key: blankKey(kind) }).key).toBeNull();
  });

  test("names no option that is gone", () => {
    const content = blankContent("multiple_response") as ContentOf<"multiple_response">;
    const key: Key = {
      form: "choice",
      correct: ["D", "B"],
      scoring: { rule: "mapped", shares: { B: "1", D: "0.5", C: "" }, default: "0", lower: "0", upper: "1" },
    };
    const shorter = { ...content, options: content.options.slice(0, 3) };
    expect(wire({ content: shorter, key }).key).toEqual({
      ...key,
      correct: ["B"],
      scoring: { ...key.scoring, shares: { B: "1" } },
    });
  });

  test("has an order of all options, new ones last, once somebody has stated one", () => {
    const content = blankContent("order");
    const key: Key = { form: "order", order: ["C", "X", "A"], scoring: { rule: "all_or_nothing" } };
    expect(wire({ content, key }).key).toMatchObject({ order: ["C", "A", "B", "D"] });
  });

  test("of a text entry leaves out blank answers and gaps that the passage has not", () => {
    const content: Content = {
      ...(blankContent("text_entry") as ContentOf<"text_entry">),
      passage: gap("g1"),
      gaps: [{ id: "g1", expected_length: 8, is_numeric: false }],
    };
    const comparison = { is_case_sensitive: true } as KeyOf<"text">["gaps"][string]["comparison"];
    const entry = (...texts: string[]) => ({
      accepted: texts.map((text) => ({ text, share: "1" })),
      comparison,
    });
    const key: Key = {
      form: "text",
      gaps: { g1: entry("RAM", " "), g2: entry("ROM") },
      scoring: { rule: "per_part" },
    };
    expect(wire({ content, key }).key).toEqual({ ...key, gaps: { g1: entry("RAM") } });
  });

  test("takes shares for the number of parts that there are", () => {
    const content = blankContent("true_false_table") as ContentOf<"true_false_table">;
    const key = { ...(blankKey("true_false_table") as KeyOf<"true_false">), values: { a: true, b: false } };
    const shorter = { ...content, statements: content.statements.slice(0, 2) };
    expect(wire({ content: shorter, key }).key).toMatchObject({ scoring: { shares: ["0", "0.5", "1"] } });
  });
});

describe("what cannot be sent is named by its place", () => {
  test.each([
    ["hotspot", "picture", "picture"],
    ["select_point", "picture", "picture"],
    ["text_entry", "passage", "gaps"],
    ["inline_choice", "passage", "gaps"],
    ["gap_match", "texts", "texts"],
    ["hot_text", "passage", "hottexts"],
  ] as const)("a new %s", (kind, place, lack) => {
    expect(unfinished(blankWork(kind)).get(place)).toBe(lack);
  });

  test.each([
    ["12", undefined],
    ["-0.5", undefined],
    ["?1.234", "ambiguous"],
    ["mười", "number"],
    ["1.", "number"],
  ])("a number %s", (value, lack) => {
    const key = { ...(blankKey("numeric_entry") as KeyOf<"number">), value };
    expect(unfinished({ content: blankContent("numeric_entry"), key }).get("key/value")).toBe(lack);
  });

  test("points within their limits and a place in the syllabus", () => {
    const { details } = blankWork("order");
    expect([...unfinishedDetails(details)]).toEqual([["reference_code", "reference"]]);
    for (const points of ["0", "100.01", "1.234", "", "một"])
      expect(unfinishedDetails({ ...details, points }).get("points")).toBe("points");
    for (const points of ["0.01", "100", "99.99"])
      expect(unfinishedDetails({ ...details, points }).has("points")).toBe(false);
  });
});
