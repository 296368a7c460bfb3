import { expect, test } from "vitest";
import {
  type Checklist,
  changesOf,
  draftOf,
  inputOf,
  isAskedOf,
  isChanged,
  moved,
  ownFaults,
  type Question,
  withChange,
  withNew,
} from "../../../../src/board/items/checklist/draft";

const usual = { text_en: "", source: "", interactions: [], is_decisive: false };
const key: Question = { ...usual, code: "key_correct", text: "Đáp án đúng?", is_decisive: true };
const rubric: Question = {
  ...usual,
  code: "rubric",
  text: "Thang điểm dùng được?",
  interactions: ["extended_text"],
};
const clear: Question = { ...usual, code: "clear", text: "Câu dẫn rõ?" };
const stored = [key, rubric, clear];
const draft = draftOf(stored);

test("a draft that nobody touched is the version itself", () => {
  expect(isChanged(changesOf(inputOf(draft), stored))).toBe(false);
  expect(inputOf(draft).map(({ code, text }) => [code, text])).toEqual(
    stored.map(({ code, text }) => [code, text]),
  );
});

test("what changed is told by kind, and a question that moved with its words is not changed", () => {
  const second = draft[1]?.id ?? -1;
  const next = moved(withChange(draft, second, { text: "Hai người chấm như nhau?" }), draft[2]?.id ?? -1, -1);
  const { draft: more } = withNew(
    next.filter(({ code }) => code !== "key_correct"),
    [],
  );
  expect(changesOf(inputOf(more), stored)).toEqual({
    added: [""],
    removed: ["Đáp án đúng?"],
    changed: ["Hai người chấm như nhau?"],
    isReordered: true,
  });
});

test("blanks at the ends and the order of the kinds change nothing", () => {
  const kinds: Question = { ...rubric, interactions: ["file_upload", "extended_text"] };
  const typed = draftOf([
    { ...kinds, text: ` ${kinds.text} `, interactions: ["extended_text", "file_upload"] },
  ]);
  expect(isChanged(changesOf(inputOf(typed), [kinds]))).toBe(false);
});

test("a new question takes a code that no version has used for another", () => {
  const old = { number: 1, questions: [{ code: "own_1", text: "Cũ?" }] } as unknown as Checklist;
  const { draft: more, id } = withNew(draft, [old]);
  expect(more.at(-1)).toMatchObject({ id, code: "own_2", text: "" });
  expect(new Set(more.map((one) => one.id)).size).toBe(more.length);
});

test("the first question goes no further up and the last no further down", () => {
  const codes = (questions: readonly { code: string }[]) => questions.map(({ code }) => code);
  expect(codes(moved(draft, draft[0]?.id ?? -1, -1))).toEqual(codes(draft));
  expect(codes(moved(draft, draft[2]?.id ?? -1, 1))).toEqual(codes(draft));
  expect(codes(moved(draft, draft[0]?.id ?? -1, 1))).toEqual(["rubric", "key_correct", "clear"]);
});

test("a kind is asked what is meant for it or for all", () => {
  expect(stored.filter((one) => isAskedOf(one, "match")).length).toBe(2);
  expect(stored.filter((one) => isAskedOf(one, "extended_text")).length).toBe(3);
  expect(stored.filter((one) => isAskedOf(one, "")).length).toBe(3);
});

test("a question without words and a checklist that decides nothing about all kinds are faults", () => {
  expect(ownFaults(draft)).toEqual([]);
  const first = draft[0]?.id ?? -1;
  expect(ownFaults(withChange(draft, first, { text: "  " }))).toEqual([{ id: first, fault: "text" }]);
  const narrow = withChange(draft, first, { interactions: ["match"] });
  expect(ownFaults(narrow)).toEqual([{ id: null, fault: "decisive" }]);
});
