// @vitest-environment jsdom
import { history, undo } from "prosemirror-history";
import { type Command, EditorState, TextSelection } from "prosemirror-state";
import { describe, expect, test } from "vitest";
import {
  activeTools,
  direct,
  insertGap,
  insertInline,
  setLanguage,
} from "../../../../src/board/parts/richtext/core/commands";
import { identifiers } from "../../../../src/board/parts/richtext/core/identifiers";
import { parse, schemaFor, serialise } from "../../../../src/board/parts/richtext/core/markup";
import { insertTable, tableActs } from "../../../../src/board/parts/richtext/core/tables";

/** A state with the words between `[` and `]` selected, or the cursor at `[]`. */
function open(html: string, hasBlocks = true): EditorState {
  const state = EditorState.create({
    doc: parse(html, schemaFor(html, hasBlocks)),
    plugins: [identifiers(), history()],
  });
  const place = (mark: string, { doc } = state): number => {
    let found = -1;
    doc.descendants((node, pos) => {
      const at = node.text?.indexOf(mark) ?? -1;
      if (at >= 0 && found < 0) found = pos + at;
    });
    return found;
  };
  const [from, to] = [place("["), place("]")];
  const change = state.tr.delete(to, to + 1).delete(from, from + 1);
  change.setSelection(TextSelection.create(change.doc, from, to - 1)).setMeta("addToHistory", false);
  return state.apply(change);
}

/** The state after commands; a command that cannot act fails the test. */
function acted(state: EditorState, ...commands: Command[]): EditorState {
  return commands.reduce((now, command) => {
    let next = now;
    expect(command(now, (change) => (next = now.apply(change)))).toBe(true);
    return next;
  }, state);
}

const html = (state: EditorState): string => serialise(state.doc);

describe("tools", () => {
  test.each<[string, string, Command, string]>([
    ["bold", "một [hai] ba", direct.strong, "một <strong>hai</strong> ba"],
    [
      "bold again",
      "<strong>một [hai] ba</strong>",
      direct.strong,
      "<strong>một </strong>hai<strong> ba</strong>",
    ],
    ["raised letters are not lowered as well", "<sub>[x]</sub>", direct.superscript, "<sup>x</sup>"],
    ["a list", "<p>[một</p><p>hai]</p>", direct.bulletList, "<ul><li>một</li><li>hai</li></ul>"],
    ["no list again", "<ul><li>m[]ột</li></ul>", direct.bulletList, "một"],
    [
      "the other kind of list",
      '<ul lang="en"><li>o[]ne</li></ul>',
      direct.orderedList,
      '<ol lang="en"><li>one</li></ol>',
    ],
    ["a quotation", "m[]ột", direct.quote, "<blockquote><p>một</p></blockquote>"],
    ["a code block", "m[]ột", direct.codeBlock, "<pre><code>một</code></pre>"],
    [
      "a code block keeps its gaps",
      'm[]<span data-gap="g1"></span>',
      direct.codeBlock,
      '<pre><code>m<span data-gap="g1"></span></code></pre>',
    ],
    [
      "clearing takes form, not content",
      '[<strong>một</strong> <span lang="en">two</span> <span data-hottext="h1">ba</span> <span data-gap="g1"></span>x]',
      direct.clear,
      'một two <span data-hottext="h1">ba</span> <span data-gap="g1"></span>x',
    ],
    ["a language", "một [two] ba", setLanguage("en"), 'một <span lang="en">two</span> ba'],
    ["the language of the item again", '<span lang="en">[two]</span>', setLanguage(null), "two"],
    ["hot text at the cursor", "một h[]ai ba", direct.hottext, 'một <span data-hottext="h1">hai</span> ba'],
    [
      "hot text over another one",
      '[một <span data-hottext="h4">hai</span>]',
      direct.hottext,
      '<span data-hottext="h5">một hai</span>',
    ],
    ["no hot text any more", '<span data-hottext="h4">một h[]ai</span>', direct.hottext, "một hai"],
    [
      "a formula in the place of words",
      "a [x] b",
      insertInline("formula", [{ latex: "x", isBlock: false }]),
      'a <span data-latex="x"></span> b',
    ],
    ["a gap in the place of words", "a [x] b", insertGap(), 'a <span data-gap="g1"></span> b'],
  ])("%s", (_name, before, command, expected) => {
    expect(html(acted(open(before), command))).toBe(expected);
  });

  test("say what is in force at the cursor", () => {
    const state = open("<ul><li><strong>m[]ột</strong></li></ul><p>hai</p>");
    expect([...activeTools(state)].sort()).toEqual(["bulletList", "strong"]);
    expect([...activeTools(open('[]<span data-hottext="h1">một</span>'))]).toEqual(["hottext"]);
  });

  test("cannot act where there is nothing to act on", () => {
    expect(direct.hottext(open("một [] hai"))).toBe(false);
    expect(direct.clear(open("m[]ột"))).toBe(false);
    expect(insertGap()(open("<p>[một</p><p>hai]</p>"))).toBe(false);
    expect(
      insertTable({ rows: 1, columns: 1, hasHeaderRow: false })(
        open("<table><tbody><tr><td>m[]</td></tr></tbody></table>"),
      ),
    ).toBe(false);
    expect(insertInline("image", [])(open("<pre><code>x[]</code></pre>"))).toBe(false);
  });
});

describe("gaps and hot texts keep their ids", () => {
  const twice = (state: EditorState, from: number, to: number): EditorState =>
    state.apply(state.tr.insert(state.doc.content.size - 1, state.doc.slice(from, to).content));

  test("a copy gets a new one, wherever it is put", () => {
    const state = open('<span data-gap="g2"></span>x[]');
    const behind = state.apply(state.tr.insert(3, state.doc.nodeAt(1) ?? []));
    expect(html(behind)).toBe('<span data-gap="g2"></span>x<span data-gap="g3"></span>');
    const before = state.apply(state.tr.insert(1, state.doc.nodeAt(1) ?? []));
    expect(html(before)).toBe('<span data-gap="g3"></span><span data-gap="g2"></span>x');
  });

  test("a hot text that is split in two is two", () => {
    const state = open('<span data-hottext="h1">một[ ]hai</span>');
    const { from } = state.selection;
    expect(html(state.apply(state.tr.split(from)))).toBe(
      '<p><span data-hottext="h1">một</span></p><p><span data-hottext="h2"> hai</span></p>',
    );
  });

  test("an id is not given out again after its gap is gone", () => {
    const state = open('<span data-gap="g7"></span>x[]');
    const gone = state.apply(state.tr.delete(1, 2));
    expect(html(acted(gone, insertGap()))).toBe('x<span data-gap="g8"></span>');
  });

  test("undoing takes back the copy and its new id together", () => {
    const state = open('<span data-gap="g1"></span>x[]');
    const copied = twice(state, 1, 2);
    expect(html(copied)).toBe('<span data-gap="g1"></span>x<span data-gap="g2"></span>');
    expect(html(acted(copied, undo))).toBe('<span data-gap="g1"></span>x');
  });

  test("whoever keeps the keys is told of a new gap and of the words that stood there", () => {
    const told: [string, string][] = [];
    acted(
      open("a [đúng rồi] b"),
      insertGap((...news) => told.push(news)),
    );
    expect(told).toEqual([["g1", "đúng rồi"]]);
  });
});

describe("tables", () => {
  const small = "<table><tbody><tr><td>1</td><td>2[]</td></tr></tbody></table>";

  test("are inserted with the cursor in the first cell and room to go on below", () => {
    const state = acted(open("một[]"), insertTable({ rows: 2, columns: 2, hasHeaderRow: true }));
    expect(state.selection.$from.node(-1).type.name).toBe("table_header");
    expect(state.doc.lastChild?.type.name).toBe("paragraph");
    expect(html(state)).toBe(
      '<p>một</p><table><thead><tr><th scope="col"></th><th scope="col"></th></tr></thead><tbody><tr><td></td><td></td></tr></tbody></table>',
    );
  });

  test("keep the cursor when the last column goes", () => {
    const state = acted(open(`${small}<p>sau</p>`), tableActs.deleteColumn);
    expect(html(state)).toBe("<table><tbody><tr><td>1</td></tr></tbody></table><p>sau</p>");
    expect(state.selection.$from.parent.textContent).toBe("1");
  });

  test("keep the cursor when the last row goes", () => {
    const rows = "<table><tbody><tr><td>1</td></tr><tr><td>2[]</td></tr></tbody></table><p>sau</p>";
    const state = acted(open(rows), tableActs.deleteRow);
    expect(html(state)).toBe("<table><tbody><tr><td>1</td></tr></tbody></table><p>sau</p>");
    expect(state.selection.$from.parent.textContent).toBe("1");
  });

  test("go whole with their caption", () => {
    const captioned = "<p>trước</p><table><caption>Giá</caption><tbody><tr><td>1[]</td></tr></tbody></table>";
    expect(html(acted(open(captioned), tableActs.deleteTable))).toBe("trước");
  });

  test("get a caption to write into, and lose it again", () => {
    const state = acted(open(small), tableActs.toggleCaption);
    expect(state.selection.$from.parent.type.name).toBe("table_caption");
    const written = state.apply(state.tr.insertText("Giá"));
    expect(html(written)).toContain("<table><caption>Giá</caption>");
    expect(html(acted(written, tableActs.toggleCaption))).toBe(small.replace("[]", ""));
  });

  test("turn their first row into headings and back", () => {
    const state = acted(
      open(small.replace("</tbody>", "<tr><td>3</td><td>4</td></tr></tbody>")),
      tableActs.toggleHeaderRow,
    );
    expect(html(state)).toContain('<thead><tr><th scope="col">1</th><th scope="col">2</th></tr></thead>');
    expect(html(acted(state, tableActs.toggleHeaderRow))).not.toContain("<th");
  });
});
