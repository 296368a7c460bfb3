import { expect, test } from "vitest";
import {
  gapsOf,
  gapText,
  hotText,
  hottextsOf,
  longText,
  shortText,
} from "../../../../src/board/parts/richtext/features";
import { shortcuts, shortcutText, TOOL_NAMES, toolGroups } from "../../../../src/board/parts/richtext/tools";

test("no two tools have the same shortcut", () => {
  const keys = Object.values(shortcuts);
  expect(new Set(keys).size).toBe(keys.length);
});

test("a shortcut is told as it stands on the keyboard", () => {
  expect(shortcutText("bulletList", false)).toBe("Ctrl+Shift+8");
  expect(shortcutText("bulletList", true)).toBe("⌘⇧8");
  expect(shortcutText("clear", false)).toBe("Ctrl+\\");
  expect(shortcutText("table", false)).toBeNull();
});

test("each field offers its own tools and every tool is offered by one of them", () => {
  const [short, long, gaps, hot] = [shortText, longText, gapText, hotText].map((features) =>
    toolGroups(features).flat(),
  );
  expect(short).not.toContain("table");
  expect(toolGroups({ ...shortText, hasMedia: false }).flat()).not.toContain("image");
  expect(long).not.toContain("gap");
  expect(gaps).toContain("gap");
  expect(hot).toContain("hottext");
  expect(new Set([...(gaps ?? []), ...(hot ?? [])])).toEqual(new Set(TOOL_NAMES));
});

test("ids of gaps and hot texts are read in their order, repeats and all", () => {
  const html =
    '<p><span data-gap="g2"></span> <span lang="en" data-gap="g1"></span><span data-gap="g2"></span></p><span data-hottext="h1">x</span>';
  expect(gapsOf(html)).toEqual(["g2", "g1", "g2"]);
  expect(hottextsOf(html)).toEqual(["h1"]);
  expect(gapsOf('a &lt;span data-gap="g1"&gt;')).toEqual([]);
});
