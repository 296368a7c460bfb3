import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { en } from "../../src/exam/en";
import { vi } from "../../src/exam/vi";

const root = join(import.meta.dirname, "../../src");
const catalogues = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
  /(^|\/)vi\.ts$/.test(file),
);

/** Every text of a catalogue; functions are called with plain numbers and letters. */
function texts(words: object): string[] {
  return Object.values(words).flatMap((word: unknown) => {
    if (typeof word === "string") return [word];
    if (typeof word === "function")
      return [String((word as (...args: unknown[]) => unknown)(2, 3, "x", "y"))];
    return texts(word as object);
  });
}

test.each(catalogues)("%s is written in composed Unicode (NFC)", (file) => {
  const source = readFileSync(join(root, file), "utf8");
  expect(source).toBe(source.normalize("NFC"));
});

test("no word of the candidate page is left empty or untranslated", () => {
  const [vietnamese, english] = [texts(vi), texts(en)];
  expect(english).toHaveLength(vietnamese.length);
  expect(vietnamese.filter((text) => text.trim() === "")).toEqual([]);
  // Bare numbers and names in place are the same in both languages; whole sentences never are.
  const same = vietnamese.filter((text, i) => text === english[i] && /\p{L}{3}/u.test(text));
  expect(same).toEqual([]);
  expect(
    english.filter((text) => /[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i.test(text)),
  ).toEqual([]);
});
