import { expect, test } from "vitest";
import { answersOf, isShownByAnswers } from "../../../../src/board/items/detail/answers";

type Content = Parameters<typeof answersOf>[0];
type Key = Parameters<typeof answersOf>[1];

const asked = { stem: "?", language: "vi" };
const all = { rule: "all_or_nothing" };
const option = (id: string, content: string) => ({ id, content, is_fixed: false });
const reader = {
  markedWords: (_: string, id: string) => `từ <${id}>`,
  aroundGap: (_: string, id: string) => `trước […${id}]`,
};
const answers = (content: object, key: object) =>
  answersOf(
    { ...asked, ...content } as unknown as Content,
    { scoring: all, ...key } as unknown as Key,
    reader,
  );
const said = (content: object, key: object) =>
  answers(content, key).map(({ label, html, partner }) => [label, html, partner]);

test("options are named by the letter of their place and their text", () => {
  const options = [option("x1", "Một"), option("x2", "<b>Hai</b>")];
  const key = { form: "choice", correct: ["x2"] };
  expect(said({ interaction: "single_choice", options }, key)).toEqual([["B", "<b>Hai</b>", null]]);
});

test("of pairs both sides are read, and in a passage the words around the gap", () => {
  const sources = [option("s1", "Writer"), option("s2", "Ubuntu")];
  const targets = [option("t1", "Hệ điều hành"), option("t2", "Soạn thảo")];
  const key = { form: "pairs", pairs: [["s2", "t1"]] };
  expect(said({ interaction: "match", sources, targets }, key)).toEqual([["2", "Ubuntu", "Hệ điều hành"]]);
  const gaps = [{ id: "g1", options: [option("A", "C"), option("B", "V")] }];
  const chosen = { form: "pairs", pairs: [["g1", "B"]] };
  expect(said({ interaction: "inline_choice", passage: "", gaps }, chosen)).toEqual([
    ["1", "trước […g1]", "V"],
  ]);
  const placed = { form: "pairs", pairs: [["B", "g2"]] };
  const texts = [option("A", "RAM"), option("B", "ổ cứng")];
  expect(
    said({ interaction: "gap_match", passage: "", texts, gaps: [{ id: "g1" }, { id: "g2" }] }, placed),
  ).toEqual([["2", "trước […g2]", "ổ cứng"]]);
});

test("the right order is counted through and every statement has its verdict", () => {
  const options = [option("A", "Chọn"), option("B", "Mở")];
  const key = { form: "order", order: ["B", "A"] };
  expect(said({ interaction: "order", options }, key)).toEqual([
    ["1", "Mở", null],
    ["2", "Chọn", null],
  ]);
  const statements = [
    { id: "a", content: "Đúng" },
    { id: "b", content: "Sai" },
  ];
  const truth = { form: "true_false", values: { a: true, b: false } };
  expect(
    answers({ interaction: "true_false_table", statements }, truth).map(({ verdict }) => verdict),
  ).toEqual([true, false]);
});

test("typed words are shown as typed, with the share that each earns", () => {
  const gaps = [{ id: "g1", expected_length: 12, is_numeric: false }];
  const accepted = [
    { text: "a<b", share: "1" },
    { text: "ram", share: "0.5" },
  ];
  const key = { form: "text", gaps: { g1: { accepted, comparison: {} } } };
  expect(
    answers({ interaction: "text_entry", passage: "", gaps }, key).map(({ html, share }) => [html, share]),
  ).toEqual([
    ["a&lt;b", null],
    ["ram", "0,5"],
  ]);
});

test("a number has its tolerance and its unit beside it", () => {
  const key = { form: "number", value: "12.5", tolerance: "0.1", tolerance_in: "units", unit: null };
  const given = { interaction: "numeric_entry", unit: "giây", units: [] };
  expect(said(given, key)).toEqual([["", "12,5 ± 0,1 giây", null]]);
  const chosen = { interaction: "numeric_entry", unit: "", units: [option("A", "kB"), option("B", "MB")] };
  const exact = { ...key, value: "-3", tolerance: "0", unit: "B" };
  expect(said(chosen, exact)).toEqual([["", "-3 MB", null]]);
  const share = { ...key, tolerance: "2", tolerance_in: "percent" };
  expect(said({ interaction: "slider", unit: "" }, share)).toEqual([["", "12,5 ± 2%", null]]);
});

test("marked words and areas are named, and words of a passage are no markup", () => {
  const key = { form: "choice", correct: ["h1"] };
  expect(said({ interaction: "hot_text", passage: "", hottexts: ["h1"] }, key)).toEqual([
    ["", "từ &lt;h1&gt;", null],
  ]);
  const hotspots = [{ id: "p7", label: "Nút <OK>", shape: "circle", coordinates: [1, 1, 1] }];
  expect(said({ interaction: "hotspot", hotspots }, { form: "choice", correct: ["p7"] })).toEqual([
    ["1", "Nút &lt;OK&gt;", null],
  ]);
});

test("what answers cannot show stays with the facts", () => {
  expect(answers({ interaction: "extended_text" }, { form: "rubric", criteria: [] })).toEqual([]);
  expect(["correct", "values/a", "gaps/g1/accepted", "unit"].every(isShownByAnswers)).toBe(true);
  expect(
    ["scoring/rule", "gaps/g1/comparison/is_case_sensitive", "areas/1/shape"].some(isShownByAnswers),
  ).toBe(false);
});
