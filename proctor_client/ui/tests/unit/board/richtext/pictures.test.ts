// @vitest-environment jsdom
import { Slice } from "prosemirror-model";
import { expect, test } from "vitest";
import { parse } from "../../../../src/board/parts/richtext/core/markup";
import {
  fileOfAddress,
  unstoredPictures,
  withStored,
} from "../../../../src/board/parts/richtext/core/pictures";
import { blockSchema, inlineSchema } from "../../../../src/board/parts/richtext/core/schema";
import { fitted } from "../../../../src/board/parts/richtext/core/slices";
import { gapText, longText, shortText } from "../../../../src/board/parts/richtext/features";

const HASH = "ab".repeat(32);
const DATA = "data:image/png;base64,iVBORw0KGgo=";
const sliceOf = (html: string): Slice => new Slice(parse(html, blockSchema).content, 0, 0);
const text = (slice: Slice): string => slice.content.textBetween(0, slice.content.size, "¶", "\n");

test("a picture of the clipboard is the file that it was", () => {
  const file = fileOfAddress(DATA, "clipboard-1");
  expect(file?.type).toBe("image/png");
  // Eight bytes, the signature of a PNG.
  expect(file?.size).toBe(8);
  for (const other of ["data:image/png;base64,%%%", "data:text/html;base64,PGI+", "media:x", ""])
    expect(fileOfAddress(other, "x")).toBeNull();
});

test("stored pictures go where they stood, and the ones left out leave no trace", () => {
  const slice = sliceOf(
    `<p>một <img src="${DATA}" alt="a"></p><p><img src="media:${HASH}" alt="cũ"> hai <img src="${DATA}" alt="b"> ba</p>`,
  );
  expect(unstoredPictures(slice).map((picture) => picture?.alt)).toEqual(["a", "b"]);
  const stored = withStored(slice, [
    null,
    { src: `media:${"cd".repeat(32)}`, alt: "mới", width: 4, height: 3 },
  ]);
  const seen: string[] = [];
  stored.content.descendants((node) => {
    if (node.type.name === "image") seen.push(node.attrs.alt);
  });
  expect(seen).toEqual(["cũ", "mới"]);
  expect(unstoredPictures(stored)).toEqual([]);
});

test("a field takes only what it offers", () => {
  const slice = sliceOf(
    `<p>một <span data-gap="g1"></span> <img src="media:${HASH}" alt="x"></p><ul><li>hai</li></ul>`,
  );
  const names = (fit: Slice): Set<string> => {
    const found = new Set<string>();
    fit.content.descendants((node) => void found.add(node.type.name));
    return found;
  };
  expect(names(fitted(slice, blockSchema, longText)).has("gap")).toBe(false);
  expect(names(fitted(slice, blockSchema, gapText)).has("gap")).toBe(true);
  expect(names(fitted(slice, blockSchema, { ...gapText, hasMedia: false })).has("image")).toBe(false);
});

test("in a field of one run of text, blocks become lines", () => {
  const blocks = Slice.fromJSON(
    inlineSchema,
    sliceOf("<p>một</p><ul><li>hai</li></ul><pre><code>a\nb</code></pre>").toJSON(),
  );
  const lines = fitted(blocks, inlineSchema, shortText);
  expect(text(lines)).toBe("một\nhai\na\nb");
  lines.content.forEach((node) => {
    expect(node.isInline).toBe(true);
  });
});
