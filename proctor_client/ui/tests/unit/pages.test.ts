/** Every item stands on one page, in the paper's order, beside those of its stimulus where they fit. */
import { describe, expect, it } from "vitest";
import { pagesOf } from "../../src/exam/pages";

/** Items by their stimulus; a dot is an item without one. */
const items = (stimuli: string) =>
  [...stimuli].map((name) => ({ stimulus: name === "." ? null : { ref: name } }) as never);
const shown = (stimuli: string, most: number, start = 0): string[] =>
  pagesOf(items(stimuli), most, start).map(({ from, to }) => stimuli.slice(from - start, to - start));

/** Numbers from 0 to below 1 that are the same in every run. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Runs of items with and without a stimulus; neighbours may have stimuli of their own. */
function randomPaper(random: () => number): string {
  let paper = "";
  for (let run = 0; run < 1 + random() * 12; run += 1) {
    const letter = random() < 0.4 ? "." : String.fromCharCode(97 + run);
    paper += letter.repeat(1 + Math.floor(random() * 7));
  }
  return paper;
}

describe("pages", () => {
  it("hold one item each, unless the form says otherwise", () => {
    expect(shown("..aa.", 1)).toEqual([".", ".", "a", "a", "."]);
  });

  it("are filled one after the other", () => {
    expect(shown(".......", 3)).toEqual(["...", "...", "."]);
    expect(shown("...", 3)).toEqual(["..."]);
    expect(shown("", 3)).toEqual([]);
  });

  it("keep items of one stimulus together when they fit on one", () => {
    expect(shown("..aaa.", 4)).toEqual(["..", "aaa."]);
    expect(shown(".aaa", 4)).toEqual([".aaa"]);
    expect(shown("aabb", 3)).toEqual(["aa", "bb"]);
  });

  it("begin anew with a stimulus that is too long for one, and go on with the items after it", () => {
    expect(shown(".aaaaa..", 3)).toEqual([".", "aaa", "aa.", "."]);
  });

  it("say where they stand in the paper", () => {
    expect(pagesOf(items("..."), 2, 10)).toEqual([
      { from: 10, to: 12 },
      { from: 12, to: 13 },
    ]);
  });

  it("have every item once and in order, none over the limit, no stimulus torn that fits", () => {
    const random = mulberry(2026);
    for (let round = 0; round < 2000; round += 1) {
      const paper = randomPaper(random);
      const most = 1 + Math.floor(random() * 20);
      const pages = pagesOf(items(paper), most, 0);
      expect(pages.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i))).toEqual(
        Array.from({ length: paper.length }, (_, i) => i),
      );
      for (const { from, to } of pages) {
        expect(to).toBeGreaterThan(from);
        expect(to - from).toBeLessThanOrEqual(most);
      }
      for (const [run] of paper.matchAll(/([a-z])\1*/g)) {
        const first = paper.indexOf(run);
        const torn = pages.filter(({ from, to }) => from < first + run.length && to > first);
        expect(torn).toHaveLength(Math.ceil(run.length / most));
      }
      // A page ends early only where the next stimulus would be torn.
      for (const [nth, { from, to }] of pages.entries()) {
        const after = pages[nth + 1];
        if (!after || to - from === most) continue;
        const [stimulus] = /^([a-z])\1*|^\./.exec(paper.slice(to)) ?? [""];
        expect(to - from + stimulus.length).toBeGreaterThan(most);
      }
    }
  });
});
