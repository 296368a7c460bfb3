import { expect, test } from "vitest";
import { type AnswerState, answerState } from "../../../src/items/answered";
import type { ItemView, Response } from "../../../src/items/types";

const asked = { ref: "q01", points: "1", language: "vi", stem: "", module: { code: "IU01", name: "" } };
const options = (...ids: string[]) => ids.map((id) => ({ id, content: id, is_fixed: false }));
const gaps = (...ids: string[]) => ids.map((id) => ({ id }));
const item = (rest: object): ItemView => ({ ...asked, ...rest }) as ItemView;

const single = item({ interaction: "single_choice", options: options("A", "B") });
const several = item({ interaction: "multiple_response", options: options("A", "B", "C"), min_choices: 2 });
const table = item({ interaction: "true_false_table", statements: options("a", "b") });
const match = item({
  interaction: "match",
  sources: options("s1", "s2", "s3"),
  targets: options("t1", "t2"),
  max_per_source: 1,
});
const pairing = item({ ...match, max_per_target: 1 });
const order = item({ interaction: "order", options: options("A", "B", "C") });
const gapMatch = item({ interaction: "gap_match", gaps: gaps("g1", "g2"), texts: options("A"), passage: "" });
const reusable = item({ ...gapMatch, is_reusable: true });
const text = item({ interaction: "text_entry", gaps: gaps("g1", "g2"), passage: "" });
const number = item({ interaction: "numeric_entry", unit: "kg", units: [] });
const withUnits = item({ interaction: "numeric_entry", unit: "", units: options("u1", "u2") });
const essay = item({ interaction: "extended_text" });

const cases: [string, ItemView, Response, AnswerState][] = [
  ["no choice", single, [], "none"],
  ["one choice", single, ["A"], "complete"],
  ["fewer choices than asked", several, ["A"], "partial"],
  ["as many choices as asked", several, ["A", "C"], "complete"],
  ["one of two statements judged", table, ["a true"], "partial"],
  ["all statements judged", table, ["a true", "b false"], "complete"],
  ["two of three sources paired", match, ["s1 t1", "s2 t1"], "partial"],
  ["every source paired", match, ["s1 t1", "s2 t1", "s3 t2"], "complete"],
  ["every target used up", pairing, ["s1 t1", "s3 t2"], "complete"],
  ["an order", order, ["C", "A", "B"], "complete"],
  ["an order without an entry", order, ["C", "A"], "partial"],
  ["no text left to place", gapMatch, ["A g2"], "complete"],
  ["a gap empty that could be filled", reusable, ["A g2"], "partial"],
  ["one gap typed in", text, ["g1 Hà Nội"], "partial"],
  ["white space in the other gap", text, ["g1 Hà Nội", "g2  "], "partial"],
  ["white space only", text, ["g1  "], "none"],
  ["both gaps typed in", text, ["g1 Hà Nội", "g2 8"], "complete"],
  ["a number", number, ["12,5"], "complete"],
  ["what is no number", number, ["mười hai"], "partial"],
  ["a number without its unit", withUnits, ["12"], "partial"],
  ["a unit without a number", withUnits, ["", "u1"], "partial"],
  ["a number with its unit", withUnits, ["12", "u1"], "complete"],
  ["an empty text", essay, [" \n"], "none"],
  ["a text", essay, ["Sao lưu"], "complete"],
];

test.each(cases)("%s", (_name, asks, response, state) => {
  expect(answerState(asks, response)).toBe(state);
});
