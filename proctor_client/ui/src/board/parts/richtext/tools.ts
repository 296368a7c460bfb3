/** The tools of the bar: their groups, pictures and shortcuts. */
import type { Features } from "./features";

export const TOOL_NAMES = [
  "strong",
  "em",
  "underline",
  "strike",
  "subscript",
  "superscript",
  "code",
  "language",
  "bulletList",
  "orderedList",
  "quote",
  "codeBlock",
  "table",
  "formula",
  "image",
  "audio",
  "gap",
  "hottext",
  "clear",
  "undo",
  "redo",
] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** In ProseMirror's notation; `Mod` is Ctrl, or ⌘ on a Mac. */
export const shortcuts: Readonly<Partial<Record<ToolName, string>>> = {
  strong: "Mod-b",
  em: "Mod-i",
  underline: "Mod-u",
  strike: "Mod-Shift-x",
  subscript: "Mod-,",
  superscript: "Mod-.",
  code: "Mod-e",
  bulletList: "Mod-Shift-8",
  orderedList: "Mod-Shift-7",
  quote: "Mod-Shift-9",
  codeBlock: "Mod-Alt-c",
  formula: "Mod-Alt-m",
  gap: "Mod-Alt-g",
  hottext: "Mod-Alt-h",
  clear: "Mod-\\",
  undo: "Mod-z",
  redo: "Mod-y",
};

/** The tools that a field offers, in groups. */
export function toolGroups(features: Features): ToolName[][] {
  const groups: ToolName[][] = [
    ["strong", "em", "underline", "strike"],
    ["subscript", "superscript", "code", "language"],
    features.hasBlocks ? ["bulletList", "orderedList", "quote", "codeBlock", "table"] : [],
    ["formula", ...(features.hasMedia ? (["image", "audio"] as const) : [])],
    [
      ...(features.hasGaps ? (["gap"] as const) : []),
      ...(features.hasHottexts ? (["hottext"] as const) : []),
    ],
    ["clear", "undo", "redo"],
  ];
  return groups.filter((group) => group.length > 0);
}

const isMac = (): boolean => typeof navigator !== "undefined" && /Mac|iP(hone|ad)/.test(navigator.platform);

/** A shortcut as it stands on the keyboard: `Ctrl+Shift+8`. */
export function shortcutText(tool: ToolName, isApple = isMac()): string | null {
  const keys = shortcuts[tool]?.split("-");
  if (!keys) return null;
  const names: Record<string, string> = isApple
    ? { Mod: "⌘", Shift: "⇧", Alt: "⌥" }
    : { Mod: "Ctrl", Shift: "Shift", Alt: "Alt" };
  return keys.map((key) => names[key] ?? key.toUpperCase()).join(isApple ? "" : "+");
}
