import { expect, test } from "vitest";
import { refusal, withFile } from "../../../src/items/files/choosing";
import { findingKind, isHarmless } from "../../../src/items/files/findings";

const LIMITS = { file_types: ["docx", "xlsx"], max_file_bytes: 1000, max_files: 2 };

test.each([
  [10, "bai.docx", null],
  [10, "BAI.DOCX", null],
  [10, "bai.doc", "wrong_type"],
  [10, "docx", "wrong_type"],
  [0, "bai.docx", "empty"],
  [1000, "bai.docx", null],
  [1001, "bai.docx", "too_large"],
] as const)("%d bytes named %s: %s", (size, name, expected) => {
  expect(refusal(size, name, [], LIMITS)).toBe(expected);
});

test("the same name is a newer version, another name one more file", () => {
  expect(withFile(["aa a b.docx", "bb c.docx"], "cc", "a b.docx", LIMITS)).toEqual([
    "cc a b.docx",
    "bb c.docx",
  ]);
  expect(refusal(1, "d.docx", ["aa a.docx", "bb c.docx"], LIMITS)).toBe("too_many");
  expect(refusal(1, "a.docx", ["aa a.docx", "bb c.docx"], LIMITS)).toBeNull();
});

test("where one file is asked for, any other replaces it", () => {
  const one = { ...LIMITS, max_files: 1 };
  expect(refusal(1, "b.docx", ["aa a.docx"], one)).toBeNull();
  expect(withFile(["aa a.docx"], "bb", "b.docx", one)).toEqual(["bb b.docx"]);
});

test("a finding that the page does not know is said to be unusual, never harmless", () => {
  expect(findingKind("attachment_of_tomorrow")).toBe("unusual");
  expect(isHarmless("attachment_of_tomorrow")).toBe(false);
  expect([findingKind("upload_too_slow"), isHarmless("upload_too_slow")]).toEqual(["too_slow", false]);
  expect([isHarmless("sound"), isHarmless("not_examined")]).toEqual([true, true]);
});
