import { expect, test } from "vitest";
import { changedQuery, formatRoute, parseRoute } from "../../src/lib/route";

test("an address is its parts between slashes and its query", () => {
  const route = parseRoute("#/items/42?q=b%E1%BA%A3ng+t%C3%ADnh&offset=50");
  expect(route.path).toEqual(["items", "42"]);
  expect(route.query.get("q")).toBe("bảng tính");
  expect(route.query.get("offset")).toBe("50");
});

test("an empty address is the front page", () => {
  for (const hash of ["", "#", "#/"]) expect(parseRoute(hash).path).toEqual([]);
});

test("what is formatted is read back, also with slashes and Vietnamese letters", () => {
  const path = ["ca thi", "a/b", "Đợt 1?"];
  const { path: back, query } = parseRoute(formatRoute(path, new URLSearchParams({ q: "a&b=c" })));
  expect(back).toEqual(path);
  expect(query.get("q")).toBe("a&b=c");
});

test("a stray percent sign does not break the page", () => {
  expect(parseRoute("#/items/100%").path).toEqual(["items", "100%"]);
});

test("an empty value leaves the address, others stay as they were", () => {
  const query = new URLSearchParams("q=a&status=draft&offset=50");
  expect(changedQuery(query, { q: "", offset: null }).toString()).toBe("status=draft");
  expect(query.get("q")).toBe("a");
});
