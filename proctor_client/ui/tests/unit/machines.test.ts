import { expect, test } from "vitest";
import { en } from "../../src/lib/machines/en";
import {
  areApart,
  browserName,
  type Finding,
  judgeBrowser,
  judgeClock,
  judgeNetwork,
  judgeScreen,
  judgeScreens,
  judgeSeb,
  judgeStorage,
  judgeTyping,
  worst,
} from "../../src/lib/machines/judging";
import { vi } from "../../src/lib/machines/vi";

const CHROME = (version: number) =>
  `Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`;
const verdict = ({ verdict }: Finding) => verdict;

test.each([
  [CHROME(109), "Chrome 109", false],
  [CHROME(108), "Chrome 108", true],
  [`${CHROME(120)} Edg/120.0.0.0`, "Edge 120", false],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:114.0) Gecko/20100101 Firefox/114.0", "Firefox 114", true],
  [
    "Mozilla/5.0 (iPad) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.4 Mobile/15E148 Safari/604.1",
    "Safari 16.4",
    false,
  ],
  [
    "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.3 Safari/605.1.15",
    "Safari 16.3",
    true,
  ],
  ["curl/8", "", false],
])("the browser of %s", (agent, name, isOld) => {
  expect(browserName(agent)).toEqual({ name, isOld });
  expect(verdict(judgeBrowser(agent, []))).toBe(isOld ? "warning" : "good");
  const missing = judgeBrowser(agent, ["Web Locks"]);
  expect([missing.verdict, missing.text.includes("Web Locks")]).toEqual(["bad", true]);
});

test("a clock may be a minute off", () => {
  expect([60_000, -60_000, 60_001, -60_001].map((ms) => verdict(judgeClock(ms)))).toEqual([
    "good",
    "good",
    "warning",
    "warning",
  ]);
});

test.each<[(number | null)[], Finding["verdict"], number | null]>([
  [[300, 300, 300], "good", 300],
  [[301, 301, 301], "warning", 301],
  [[1500], "warning", 1500],
  [[1501], "bad", 1501],
  [[20, 20, null], "warning", 20],
  [[20, null], "bad", 20],
  [[null, null], "bad", null],
  // One slow answer among quick ones is no slow network.
  [[10, 12, 9_000], "good", 12],
])("round trips of %j", (trips, expected, value) => {
  expect(judgeNetwork(trips)).toMatchObject({ verdict: expected, value });
});

test("events are apart when they were not held back to the end", () => {
  expect(areApart([0, 250, 500, 750])).toBe(true);
  expect(areApart([740, 745, 748, 750])).toBe(false);
  expect(areApart([10])).toBe(false);
  expect(areApart([])).toBe(false);
});

test("screens and disks on both sides of what is asked", () => {
  expect(
    [judgeScreen(1000, 560), judgeScreen(999, 560), judgeScreen(1000, 559), judgeScreen(319, 600)].map(
      verdict,
    ),
  ).toEqual(["good", "warning", "warning", "bad"]);
  expect([undefined, false, true].map((is) => verdict(judgeScreens(is)))).toEqual([
    "untried",
    "good",
    "warning",
  ]);
  const mb = 2 ** 20;
  expect(
    [
      judgeStorage(true, 50 * mb),
      judgeStorage(true, 50 * mb - 1),
      judgeStorage(true, null),
      judgeStorage(false, null),
    ].map(verdict),
  ).toEqual(["good", "warning", "good", "warning"]);
  expect([judgeSeb(null), judgeSeb("3.9")].map(verdict)).toEqual(["untried", "good"]);
});

test("typed letters count whichever way they are composed", () => {
  const sample = "Nguyễn Thuỳ Dương";
  expect(verdict(judgeTyping(sample.normalize("NFD"), sample))).toBe("good");
  expect(verdict(judgeTyping("  nguyễn  thuỳ dương ", sample))).toBe("good");
  expect(verdict(judgeTyping("Nguye64n Thuy2", sample))).toBe("warning");
  expect(verdict(judgeTyping(" ", sample))).toBe("untried");
});

test("the worst counts, and what nobody tried does not", () => {
  const of = (...verdicts: Finding["verdict"][]) => worst(verdicts.map((verdict) => ({ verdict })));
  expect([of(), of("untried", "good"), of("good", "warning"), of("warning", "bad")]).toEqual([
    "good",
    "good",
    "warning",
    "bad",
  ]);
});

test("spans are said in both languages, ahead and behind", () => {
  const said = (words: typeof vi, value: number) => words.poor.clock({ text: "", value });
  expect(said(vi, 119_000)).toContain("119 giây");
  expect(said(vi, -120_000)).toContain("Chậm 2 phút");
  expect(said(en, 3 * 86_400_000)).toBe("3 days ahead of the server's");
});
