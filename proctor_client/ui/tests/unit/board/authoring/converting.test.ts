// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
import { converted } from "../../../../src/board/authoring/model/converting";
import { withPassage, withWords } from "../../../../src/board/authoring/model/gaps";
import { htmlReader } from "../../../../src/board/authoring/model/html";
import { unfinished } from "../../../../src/board/authoring/model/wire";
import {
  blankContent,
  blankKey,
  type ContentOf,
  type Key,
  type KeyOf,
  keyForms,
  kinds,
} from "../../../../src/board/authoring/model/work";

const choice = (...correct: string[]) => ({
  content: {
    ...(blankContent("multiple_response", "Thiết bị nào?") as ContentOf<"multiple_response">),
    options: ["Chuột", "Loa", "Bàn phím"].map((content, i) => ({
      id: "ABC"[i] ?? "",
      content,
      is_fixed: false,
    })),
  },
  key: { ...(blankKey("multiple_response") as KeyOf<"choice">), correct } as Key,
});
const passage = 'Bộ nhớ <span data-gap="g1"></span> và <span data-gap="g2"></span>.';

function entry(): { content: ContentOf<"text_entry">; key: Key } {
  const content = withPassage(blankContent("text_entry") as ContentOf<"text_entry">, passage, new Map());
  const filled = withWords({ content, key: blankKey("text_entry") }, "g1", "RAM <1 GB");
  return { content: filled.content as ContentOf<"text_entry">, key: filled.key };
}

describe("changing the kind", () => {
  test.each(kinds.flatMap((from) => kinds.map((to) => [from, to] as const)))("%s to %s fits", (from, to) => {
    const item = { content: blankContent(from, "Lời dẫn", "en"), key: blankKey(from) };
    const { content, key } = converted(item, to, htmlReader);
    expect([content.interaction, content.stem, content.language]).toEqual([to, "Lời dẫn", "en"]);
    expect(key.form).toBe(keyForms[to]);
  });

  test("right options are true statements, the others false", () => {
    const { key } = converted(choice("A", "C"), "true_false_table", htmlReader);
    expect(key).toMatchObject({ values: { A: true, B: false, C: true } });
  });

  test("of several right options none is made the only one", () => {
    expect(converted(choice("A", "C"), "single_choice", htmlReader).key).toMatchObject({ correct: [] });
    expect(converted(choice("C"), "single_choice", htmlReader).key).toMatchObject({ correct: ["C"] });
  });

  test("without a key there is none afterwards, and an order is never guessed", () => {
    expect(converted(choice(), "true_false_table", htmlReader).key).toMatchObject({ values: {} });
    expect(converted(choice("A"), "order", htmlReader).key).toMatchObject({ order: [] });
  });

  test("gaps keep their words through all kinds with gaps", () => {
    const inline = converted(entry(), "inline_choice", htmlReader);
    const options = (inline.content as ContentOf<"inline_choice">).gaps.map((gap) => gap.options[0]?.content);
    expect(options).toEqual(["RAM &lt;1 GB", ""]);
    expect(inline.key).toMatchObject({ pairs: [["g1", "A"]] });
    const match = converted(inline, "gap_match", htmlReader);
    expect(match.key).toMatchObject({ pairs: [["A", "g1"]] });
    const back = converted(match, "text_entry", htmlReader);
    expect(back.key).toMatchObject({ gaps: { g1: { accepted: [{ text: "RAM <1 GB", share: "1" }] } } });
  });

  test("a passage leaves its gaps behind where words are chosen in it", () => {
    const { content } = converted(entry(), "hot_text", htmlReader);
    expect((content as ContentOf<"hot_text">).passage).toBe("Bộ nhớ  và .");
  });
});

describe("gaps follow the passage", () => {
  test("a gap that was deleted comes back with what it held", () => {
    const gone = new Map<string, unknown>();
    const full = { ...entry().content, gaps: [{ id: "g1", expected_length: 30, is_numeric: true }] };
    const without = withPassage(full, "Bộ nhớ.", gone);
    expect(without.gaps).toEqual([]);
    expect(withPassage(without, passage, gone).gaps).toEqual([
      { id: "g1", expected_length: 30, is_numeric: true },
      { id: "g2", expected_length: 12, is_numeric: false },
    ]);
  });

  test("words that are selected become the key only where nobody has stated one", () => {
    const once = entry();
    expect(withWords(once, "g1", "ROM").key).toEqual(once.key);
    expect(withWords(once, "g2", "  ").key).toEqual(once.key);
    expect(unfinished(once).size).toBe(0);
  });
});
