// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
import { parse, serialise } from "../../../../src/board/parts/richtext/core/markup";
import { cleanPasted } from "../../../../src/board/parts/richtext/core/pasted";
import { blockSchema } from "../../../../src/board/parts/richtext/core/schema";

/** What stands in a block field after pasting into it. */
const pasted = (html: string): string => serialise(parse(cleanPasted(html).html, blockSchema));

const item = (level: number, marker: string, words: string): string =>
  `<p class=MsoListParagraph style='margin-left:36pt;mso-list:l0 level${level} lfo1'><![if !supportLists]>` +
  `<span style='mso-list:Ignore'>${marker}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;</span></span>` +
  `<![endif]>${words}</p>`;

describe("lists of Word", () => {
  test.each<[string, string, string]>([
    ["bullets", item(1, "·", "a") + item(1, "·", "b"), "<ul><li>a</li><li>b</li></ul>"],
    [
      "levels, up and down again",
      item(1, "1.", "a") + item(2, "a)", "b") + item(3, "i.", "c") + item(1, "2.", "d"),
      '<ol><li>a<ol type="a"><li>b<ol type="i"><li>c</li></ol></li></ol></li><li>d</li></ol>',
    ],
    [
      "a number to go on from",
      item(1, "4.", "a") + item(1, "5.", "b"),
      '<ol start="4"><li>a</li><li>b</li></ol>',
    ],
    ["capital letters", item(1, "A.", "a") + item(1, "B.", "b"), '<ol type="A"><li>a</li><li>b</li></ol>'],
    ["letters from the middle", item(1, "C.", "c"), '<ol start="3" type="A"><li>c</li></ol>'],
    [
      "the round bullet of the second level",
      item(1, "·", "a") + item(2, "o", "b"),
      "<ul><li>a<ul><li>b</li></ul></li></ul>",
    ],
    [
      "two kinds one after the other",
      item(1, "1.", "a") + item(1, "·", "b"),
      "<ol><li>a</li></ol><ul><li>b</li></ul>",
    ],
    [
      "text between two lists parts them",
      `${item(1, "1.", "a")}<p class=MsoNormal>x</p>${item(1, "·", "b")}`,
      "<ol><li>a</li></ol><p>x</p><ul><li>b</li></ul>",
    ],
    [
      "a list that begins on a deeper level",
      item(2, "a.", "x") + item(1, "1.", "y"),
      '<ol type="a"><li>x</li></ol><ol><li>y</li></ol>',
    ],
  ])("%s", (_name, html, expected) => {
    expect(pasted(html)).toBe(expected);
  });
});

describe("what word processors mean by their markup", () => {
  test.each<[string, string, string]>([
    [
      "emphasis as a style",
      '<p><span style="font-weight:700;font-style:italic">a</span></p>',
      "<strong><em>a</em></strong>",
    ],
    [
      "underlining and striking as styles",
      '<span style="text-decoration: underline">a</span><span style="text-decoration-line:line-through">b</span>',
      "<u>a</u><s>b</s>",
    ],
    [
      "raised and lowered",
      'x<span style="vertical-align:super">2</span><span style="vertical-align: sub">i</span>',
      "x<sup>2</sup><sub>i</sub>",
    ],
    [
      "bold type that is not bold",
      '<b style="font-weight:normal" id="docs-internal-guid-1"><p>a</p><p>b</p></b>',
      "<p>a</p><p>b</p>",
    ],
    ["a heading", "<h2>a</h2><p>b</p>", "<p><strong>a</strong></p><p>b</p>"],
    ["Office's own elements", "<p>a<o:p></o:p> <w:sdt>b</w:sdt></p>", "a b"],
    ["conditional comments", "<!--[if gte mso 9]><xml><w:x/></xml><![endif]--><p>a</p>", "a"],
    ["a style sheet", "<style>p{color:red}</style><p>a</p>", "a"],
    ["the language Word guesses", "<p lang=FR><span lang=FR>a</span></p>", "a"],
    ["links", '<a href="https://example.org">a</a>', "a"],
    [
      "what the browser itself copies out of a field",
      '<span style="color:red">Hà </span><span data-gap="g1" data-number="1" class="gap" role="img"></span>',
      'Hà <span data-gap="g1"></span>',
    ],
    ["letters and accents apart", "<p>Hà Nội</p>".normalize("NFD"), "Hà Nội"],
    ["the word style= outside of a tag", "<p>style=x onclick=y</p>", "style=x onclick=y"],
  ])("%s", (_name, html, expected) => {
    expect(pasted(html)).toBe(expected.normalize("NFC"));
  });

  test("the cells of a table keep their spans and lose their looks", () => {
    const html =
      "<table border=1 style='border-collapse:collapse'><colgroup><col width=5></colgroup><tr style='height:1pt'>" +
      "<td colspan=2 width=9 style='border:solid'><p class=MsoNormal>a</p></td></tr>" +
      "<tr><td><p class=MsoNormal>b</p></td><td><p class=MsoNormal><o:p>&nbsp;</o:p></p></td></tr></table>";
    expect(pasted(html).replace("&nbsp;", "")).toBe(
      '<table><tbody><tr><td colspan="2">a</td></tr><tr><td>b</td><td></td></tr></tbody></table>',
    );
  });
});

test("pictures that the browser cannot read are counted, those in the clipboard stay for uploading", () => {
  const inside = "data:image/png;base64,iVBORw0KGgo=";
  const { html, lostPictures } = cleanPasted(
    `<img src="file:///C:/a.png"><img src="https://example.org/a.png"><img src="${inside}" alt="x"><img src="data:image/svg+xml;base64,PHN2Zy8+">`,
  );
  expect(lostPictures).toBe(3);
  expect(html).toBe(`<img src="${inside}" alt="x">`);
});

test("formulas of Word are noticed where they are lost", () => {
  expect(cleanPasted("<p>a <m:oMath><m:r>x</m:r></m:oMath></p>").hasLostFormulas).toBe(true);
  expect(cleanPasted("<p>a</p>").hasLostFormulas).toBe(false);
});

test("no handler and no style is left to be parsed, however it is written", () => {
  for (const html of [
    '<p style="color:red" onclick="x()">a</p>',
    "<p\nSTYLE='color:red'\nonClick = x()>a</p>",
    '<img src=x/onerror="x()">',
    '<p data-pm-slice="0 0 []" style="color:red" onclick="x()">a</p>',
  ])
    expect(cleanPasted(html).html).not.toMatch(/<[^>]*[\s"'/](style|on[a-z]+)\s*=/i);
});
