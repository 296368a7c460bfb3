import { expect, test } from "vitest";
import { draftOf, emptyDraft, inputOf } from "../../../../src/board/assembly/blueprint/draft";
import type { Views } from "../../../../src/lib/api/server";

test("what the page has no field for is stored again as it came", () => {
  const kept = {
    parts: [
      {
        name: "Phần II",
        interactions: ["true_false_table" as const],
        minimum: 2,
        maximum: 4,
        minimum_points: null,
        maximum_points: 4,
      },
    ],
    reference_totals: [{ reference_code: "IU04.5", minimum: 1, maximum: 3 }],
    stimuli: { minimum: 1, maximum: 2, items_minimum: 3, items_maximum: null },
    points: { minimum: null, maximum: 10 },
  };
  const view = { ...inputOf({ ...emptyDraft, name: "Đề thử" }), ...kept } as Views["BlueprintView"];
  const { parts, reference_totals, stimuli, points } = inputOf(draftOf(view));
  expect({ parts, reference_totals, stimuli, points }).toEqual(kept);
});
