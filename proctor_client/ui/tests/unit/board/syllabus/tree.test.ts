import { expect, test } from "vitest";
import {
  type Framework,
  isNarrowed,
  itemTotal,
  keyOfFramework,
  keyOfNode,
  type Node,
  nextCode,
  pathTo,
  treeOf,
  type Wanted,
} from "../../../../src/board/syllabus/tree";

const all: Wanted = { q: "", source: null, isInForce: null };

function node(code: string, name: string, more: Partial<Node> = {}): Node {
  const parent_code = code.includes(".") ? code.slice(0, code.lastIndexOf(".")) : null;
  const depth = code.split(".").length - 1;
  const facts = {
    name_en: "",
    source: "board",
    source_note: "",
    is_in_force: true,
    items: {},
    revision: 1,
  } as const;
  return { ...facts, code, name, parent_code, depth, ...more };
}

function framework(code: string, nodes: Node[]): Framework {
  const facts = { name_en: "", legal_basis: "Thông tư", source: "board", source_note: "" } as const;
  return {
    ...facts,
    code,
    name: `Chuẩn ${code}`,
    valid_from: "2014-04-28",
    is_in_force: true,
    revision: 1,
    nodes,
  };
}

const skills = framework("TT03/2014", [
  node("IU01", "Hiểu biết về CNTT", { items: { draft: 2, approved: 3 } }),
  node("IU01.1", "Máy tính"),
  node("IU01.1.1", "Phần cứng", { source: "to_be_checked", name_en: "Hardware" }),
  node("IU01.2", "Ứng dụng", { is_in_force: false }),
  node("IU04", "Bảng tính"),
  node("IU04.10", "Biểu đồ"),
]);
const competence = framework("TT02/2025", [node("NLS1", "Khai thác dữ liệu")]);
const both = [skills, competence];

const codes = (wanted: Wanted, isOpen = (_: string): boolean => true): string[] =>
  treeOf(both, wanted, isOpen).rows.map((row) => row.node?.code ?? row.framework.code);

test("an open tree is read from each entry to what lies in it", () => {
  expect(codes(all)).toEqual([
    "TT03/2014",
    "IU01",
    "IU01.1",
    "IU01.1.1",
    "IU01.2",
    "IU04",
    "IU04.10",
    "TT02/2025",
    "NLS1",
  ]);
});

test("a closed entry hides everything below it", () => {
  const open = new Set([keyOfFramework("TT03/2014"), keyOfNode("IU01.1")]);
  expect(codes(all, (key) => open.has(key))).toEqual(["TT03/2014", "IU01", "IU04", "TT02/2025"]);
});

test("each row tells its level, its place among its siblings and whether it opens", () => {
  const rows = treeOf(both, all, () => true).rows;
  const row = rows.find((one) => one.node?.code === "IU01.2");
  expect(row).toMatchObject({ level: 3, position: 2, siblings: 2, hasChildren: false, isOpen: false });
  expect(rows[0]).toMatchObject({ level: 1, position: 1, siblings: 2, hasChildren: true, isOpen: true });
});

test("a search takes no account of marks, case and order of words, and keeps the way to what it finds", () => {
  const found = treeOf(both, { ...all, q: "CUNG phan" }, () => true);
  expect(found.found).toBe(1);
  expect(found.rows.map((row) => row.node?.code)).toEqual([undefined, "IU01", "IU01.1", "IU01.1.1"]);
  // The siblings that are out of sight are not counted.
  expect(found.rows[1]).toMatchObject({ position: 1, siblings: 1 });
  expect(codes({ ...all, q: "hardware" })).toContain("IU01.1.1");
  expect(codes({ ...all, q: "iu04." })).toEqual(["TT03/2014", "IU04", "IU04.10"]);
  expect(codes({ ...all, q: "đồ" })).toEqual(["TT03/2014", "IU04", "IU04.10"]);
  expect(codes({ ...all, q: "xyz" })).toEqual([]);
});

test("source and force narrow the tree together with the search", () => {
  expect(codes({ ...all, source: "to_be_checked" })).toEqual(["TT03/2014", "IU01", "IU01.1", "IU01.1.1"]);
  expect(codes({ ...all, isInForce: false })).toEqual(["TT03/2014", "IU01", "IU01.2"]);
  expect(codes({ q: "IU01", source: "to_be_checked", isInForce: false })).toEqual([]);
  expect([all, { ...all, q: " " }, { ...all, q: "a" }, { ...all, isInForce: true }].map(isNarrowed)).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

test("a new entry gets the number after the highest, whatever the order", () => {
  expect(nextCode(skills, "IU04")).toBe("IU04.11");
  expect(nextCode(skills, "IU01")).toBe("IU01.3");
  expect(nextCode(skills, "IU01.2")).toBe("IU01.2.1");
  expect(nextCode(skills, null)).toBe("");
});

test("the way to an entry leads from its module down and ends above it", () => {
  expect(pathTo(skills, "IU01.1.1").map((one) => one.code)).toEqual(["IU01", "IU01.1"]);
  expect(pathTo(skills, "IU01")).toEqual([]);
});

test("items are added up over their statuses", () => {
  expect(skills.nodes.map(itemTotal)).toEqual([5, 0, 0, 0, 0, 0]);
});
