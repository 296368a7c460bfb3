import { expect, test } from "vitest";
import { formatBytes } from "../../../src/items/bytes";
import { endingOf, previewTransfer, storedName } from "../../../src/items/files/fileTransfer";
import { withMedia } from "../../../src/items/media";

const hash = "0123456789abcdef".repeat(4);

test("only the exact form of a stored file's name becomes an address", () => {
  const url = (name: string): string => `/api/media/${name}`;
  expect(withMedia(`<img alt="a" src="media:${hash}">`, url)).toBe(`<img alt="a" src="/api/media/${hash}">`);
  for (const other of [
    `<img src="media:${hash.slice(1)}">`,
    `<img src="media:${hash.toUpperCase()}">`,
    `<p>media:${hash}</p>`,
    `<img data-src="media:${hash}">`,
  ])
    expect(withMedia(other, url)).toBe(other);
});

test("an address cannot leave its attribute", () => {
  expect(withMedia(`<img src="media:${hash}">`, () => 'x"><script>&')).toBe(
    '<img src="x&quot;>&lt;script>&amp;">',
  );
});

test("a file handed in at a preview is named by its digest and goes nowhere", async () => {
  const transfer = previewTransfer();
  // SHA-256 of "abc": FIPS 180-4, example of appendix B.1.
  const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(await transfer.take("q01", new File(["abc"], "a.txt"), "a.txt")).toBe(digest);
  expect(transfer.versions("q01").map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([["a.txt", 3]]);
  expect(transfer.versions("q02")).toEqual([]);
});

test("names of files keep their ending and lose what other systems refuse", () => {
  expect(storedName("bài: làm?.xlsx")).toBe("bài_ làm_.xlsx");
  const long = storedName(`${"a".repeat(300)}.docx`);
  expect(long).toHaveLength(120);
  expect(long.endsWith(".docx")).toBe(true);
  expect(endingOf("Bài.làm.XLSX")).toBe("xlsx");
  expect(endingOf("không đuôi")).toBe("");
});

test.each([
  [0, "0 byte"],
  [999, "999 byte"],
  [1000, "1 KB"],
  [19_500, "19,5 KB"],
  [999_999, "1 MB"],
  [20_000_000, "20 MB"],
])("%d bytes are shown as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
