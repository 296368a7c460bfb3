import { expect, test } from "vitest";
import { csv } from "../../../src/board/parts/csv";

test("fields with commas, quotes or line breaks are quoted as RFC 4180 says", () => {
  expect(csv([["a", 'nói "có"', "x,y", "hai\ndòng"]])).toBe('a,"nói ""có""","x,y","hai\ndòng"');
});

test("rows end with CR LF between them", () => {
  expect(csv([["1"], ["2"]])).toBe("1\r\n2");
});

test.each(["=SUM(A1:A5)", "+1", "-1", "@x", "\tx"])(
  "a field that a spreadsheet would run stays text: %s",
  (field) => {
    expect(
      csv([[field]])
        .replace(/^"/, "")
        .startsWith("'"),
    ).toBe(true);
  },
);

test("numbers keep their sign and digits, and what is missing stays empty", () => {
  expect(csv([[-0.25, 1.5, null, "-1"]])).toBe("-0.25,1.5,,'-1");
});
