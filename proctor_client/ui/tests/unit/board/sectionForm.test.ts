import { expect, test } from "vitest";
import {
  emptySection,
  moduleCodes,
  moved,
  plannedSections,
  sectionForms,
  totalMinutes,
} from "../../../src/board/sittings/sectionForm";

test.each([
  ["", []],
  ["iu01, IU02;IU03  IU01,", ["IU01", "IU02", "IU03"]],
])("%s names modules, each once", (typed, codes) => {
  expect(moduleCodes(typed)).toEqual(codes);
});

test("sections come out of the form as they went in", () => {
  const sections = [
    {
      title: "Trắc nghiệm",
      kind: "questions",
      modules: ["IU01", "IU02"],
      minutes: 30,
      navigation: "forward",
    },
    { title: "Thực hành", kind: "practical", modules: [], minutes: 90, navigation: "free" },
  ] as const;
  const forms = sectionForms(sections.map((section) => ({ ...section, modules: [...section.modules] })));
  expect(plannedSections(forms)).toEqual(sections);
  expect(totalMinutes(forms)).toBe(120);
});

test("titles are trimmed and composed; minutes that are not there yet count nothing", () => {
  const form = { ...emptySection("questions", " Pha\u0302\u0300n "), minutes: null };
  expect(plannedSections([form])[0]?.title).toBe("Phần");
  expect(totalMinutes([form, { minutes: 5 }])).toBe(5);
});

test("a section moves by one place", () => {
  expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
});
