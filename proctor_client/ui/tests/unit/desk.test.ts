import { describe, expect, it } from "vitest";
import { readSettings, TEXT_SIZES } from "../../src/exam/comfort/comfort.svelte";
import { asked, KEYS, type Pressed } from "../../src/exam/tools/hotKeys";
import { added, covers, removed, type Span, sentences, tidied, toggled } from "../../src/exam/tools/spans";

function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
const lettersOf = (spans: readonly Span[]): Set<number> =>
  new Set(spans.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i)));

describe("marked spans", () => {
  it("are those of the set of marked letters, whatever is marked and removed", () => {
    const next = chance(11);
    for (let round = 0; round < 400; round += 1) {
      let spans: Span[] = [];
      const letters = new Set<number>();
      for (let step = 0; step < 12; step += 1) {
        const from = next(40);
        const span: Span = [from, from + 1 + next(12)];
        const own = [...lettersOf([span])];
        const isCovered = own.every((letter) => letters.has(letter));
        expect(covers(spans, span)).toBe(isCovered);
        const act = next(3);
        if (act === 0 || (act === 2 && !isCovered)) for (const letter of own) letters.add(letter);
        else for (const letter of own) letters.delete(letter);
        spans = [added, removed, toggled][act]?.(spans, span) ?? [];
        expect(lettersOf(spans)).toEqual(letters);
        // As few as possible: between two spans there is a letter without a mark.
        expect(spans.every(([, to], i) => to < (spans[i + 1]?.[0] ?? Number.POSITIVE_INFINITY))).toBe(true);
      }
    }
  });

  it("drops what is empty", () => {
    expect(
      tidied([
        [3, 3],
        [5, 4],
      ]),
    ).toEqual([]);
  });
});

describe("sentences", () => {
  const split = (text: string): string[] => sentences(text).map(([from, to]) => text.slice(from, to));

  it("end at their full stops, not at those within numbers and names of files", () => {
    expect(split("Mở tệp bang.xlsx. Giá là 1.250,5 đồng! Vì sao?")).toEqual([
      "Mở tệp bang.xlsx.",
      "Giá là 1.250,5 đồng!",
      "Vì sao?",
    ]);
    expect(split("Phát biểu nào đúng")).toEqual(["Phát biểu nào đúng"]);
    expect(split("  ")).toEqual([]);
  });

  it("hold every letter that is not a space once, in order", () => {
    const text = "Một. Hai… ba; bốn: «năm.» Sáu?! (bảy.) tám";
    const spans = sentences(text, 100);
    const inside = lettersOf(spans);
    for (const [i, letter] of [...text].entries())
      if (letter.trim()) expect(inside.has(100 + i), letter).toBe(true);
    expect(spans.every(([, to], i) => to <= (spans[i + 1]?.[0] ?? Number.POSITIVE_INFINITY))).toBe(true);
  });
});

describe("hot keys", () => {
  const press = (key: string, more: Partial<Pressed> = {}): ReturnType<typeof asked> =>
    asked({
      key,
      keyCode: key.toUpperCase().charCodeAt(0),
      isComposing: false,
      ctrlKey: false,
      altKey: false,
      metaKey: false,
      shiftKey: false,
      repeat: false,
      defaultPrevented: false,
      ...more,
    });

  it("choose options by digits and letters", () => {
    expect(["1", "9", "a", "I"].map((key) => press(key))).toEqual([0, 8, 0, 8].map((choose) => ({ choose })));
    expect(press("0")).toBeNull();
    expect(["A", "I"].map((key) => press(key, { shiftKey: true }))).toEqual([{ strike: 0 }, { strike: 8 }]);
  });

  it("never share a key, and leave A to I to the options", () => {
    const keys = KEYS.map(([key]) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => /[A-I0-9]/.test(key))).toEqual([]);
    expect(KEYS.map(([key]) => press(key.toLowerCase()))).toEqual(KEYS.map(([, deed]) => deed));
  });

  it("rest while a letter is being put together, and with Ctrl, Alt or the system key", () => {
    for (const held of [
      { isComposing: true },
      { keyCode: 229 },
      { ctrlKey: true },
      { altKey: true },
      { metaKey: true },
      { repeat: true },
      { defaultPrevented: true },
    ])
      expect(press("n", held), JSON.stringify(held)).toBeNull();
    for (const key of ["Process", "Unidentified", "Enter", "Tab", "ArrowDown", "đ", "ơ"])
      expect(press(key)).toBeNull();
  });
});

describe("settings of comfort", () => {
  it("are the usual ones where nothing usable is kept", () => {
    const usual = readSettings(null);
    for (const text of [
      "",
      "{",
      "[]",
      "5",
      '"x"',
      "null",
      '{"textSize": 99, "contrast": "x", "language": "fr"}',
    ])
      expect(readSettings(text), text).toEqual(usual);
  });

  it("come back as they were chosen", () => {
    for (const textSize of TEXT_SIZES) {
      const kept = {
        ...readSettings(null),
        textSize,
        contrast: "high",
        spacing: "wider",
        hasHotKeys: false,
        language: "en",
      };
      expect(readSettings(JSON.stringify(kept))).toEqual(kept);
    }
  });
});
