import { describe, expect, it } from "vitest";
import { type Content, canAnswerBeKey, keyFrom, responseOf } from "../../../../src/board/imports/keyFrom";

const options = ["A", "B", "C"].map((id) => ({ id, content: id, is_fixed: false }));
const content = (interaction: string, parts: object = {}): Content =>
  ({ interaction, stem: "?", ...parts }) as Content;

describe("An answer given in the preview as the key", () => {
  const answered: [string, Content, string[]][] = [
    ["one option", content("single_choice", { options }), ["B"]],
    ["several options", content("multiple_response", { options }), ["A", "C"]],
    ["an order", content("order", { options }), ["C", "A", "B"]],
    ["pairs", content("match"), ["A x", "B y"]],
    [
      "truths of statements",
      content("true_false_table", { statements: options }),
      ["A true", "B false", "C true"],
    ],
    ["words in gaps", content("text_entry", { gaps: [{ id: "g1" }, { id: "g2" }] }), ["g1 Hà Nội", "g2 Huế"]],
    ["a number with its unit", content("numeric_entry"), ["12,5", "cm"]],
  ];
  it.each(answered)("says of %s what was answered", (_name, item, response) => {
    const key = keyFrom(item, response);
    expect(key).not.toBeNull();
    if (key) expect(responseOf(key)).toEqual(response);
  });

  const unfinished: [string, Content, string[]][] = [
    ["nothing is chosen", content("single_choice", { options }), []],
    ["a statement is left", content("true_false_table", { statements: options }), ["A true", "B false"]],
    ["a gap is left", content("text_entry", { gaps: [{ id: "g1" }, { id: "g2" }] }), ["g1 Huế"]],
    ["a number is none", content("numeric_entry"), ["mười"]],
  ];
  it.each(unfinished)("is no key while %s", (_name, item, response) => {
    expect(keyFrom(item, response)).toBeNull();
  });

  it("is none for kinds whose keys are areas or rubrics", () => {
    for (const kind of ["select_point", "extended_text", "file_upload"]) {
      expect(canAnswerBeKey(content(kind))).toBe(false);
      expect(keyFrom(content(kind), ["1 2"])).toBeNull();
    }
    expect(canAnswerBeKey(content("hot_text"))).toBe(true);
  });

  it("scores four statements by the rule of 2025 and others all or nothing", () => {
    const four = [...options, { id: "D", content: "D", is_fixed: false }];
    const truths = four.map(({ id }) => `${id} true`);
    const rule = (item: Content, response: string[]) => {
      const key = keyFrom(item, response);
      return key?.form === "true_false" ? key.scoring?.rule : null;
    };
    expect(rule(content("true_false_table", { statements: four }), truths)).toBe("by_count");
    expect(rule(content("true_false_table", { statements: options }), truths.slice(0, 3))).toBe(
      "all_or_nothing",
    );
  });
});
