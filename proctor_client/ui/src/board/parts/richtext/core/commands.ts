/** What the tools do, as commands on the editor's state. */
import { lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import type { Attrs, MarkType, Node, NodeType } from "prosemirror-model";
import { liftListItem, wrapInList } from "prosemirror-schema-list";
import { type Command, type EditorState, NodeSelection, TextSelection } from "prosemirror-state";
import type { ToolName } from "../tools";
import { freshId, hottextPlaces } from "./identifiers";

/** Tools that need no more than a click. The others open a dialog or a menu first. */
export type DirectTool = Exclude<ToolName, "language" | "table" | "formula" | "image" | "audio" | "gap">;

const MARKS = ["strong", "em", "underline", "strike", "subscript", "superscript", "code"] as const;

export const markType = (state: EditorState, name: string): MarkType => {
  const type = state.schema.marks[name];
  if (!type) throw new RangeError(`no mark ${name}`);
  return type;
};
export const nodeType = (state: EditorState, name: string): NodeType => {
  const type = state.schema.nodes[name];
  if (!type) throw new RangeError(`no node ${name}`);
  return type;
};

/** The nearest node of a type around the selection. */
export function ancestor(state: EditorState, name: string): { node: Node; pos: number } | null {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth--) {
    const node = $from.node(depth);
    if (node.type.name === name) return { node, pos: $from.before(depth) };
  }
  return null;
}

/** The attributes of a mark at the cursor or throughout the selection's start; null where it is not. */
export function markAttributes(state: EditorState, name: string): Attrs | null {
  const { $from, empty, from, to } = state.selection;
  const type = markType(state, name);
  if (empty) return type.isInSet(state.storedMarks ?? $from.marks())?.attrs ?? null;
  let found: Attrs | null = null;
  state.doc.nodesBetween(from, to, (node) => {
    found ??= (node.isInline ? type.isInSet(node.marks)?.attrs : null) ?? null;
  });
  return found;
}

function toggleList(name: "bullet_list" | "ordered_list"): Command {
  return (state, dispatch) => {
    const other = name === "bullet_list" ? "ordered_list" : "bullet_list";
    const [same, different] = [ancestor(state, name), ancestor(state, other)];
    if (same && (!different || same.pos > different.pos))
      return liftListItem(nodeType(state, "list_item"))(state, dispatch);
    if (different) {
      const { lang } = different.node.attrs;
      dispatch?.(state.tr.setNodeMarkup(different.pos, nodeType(state, name), { lang }));
      return true;
    }
    return wrapInList(nodeType(state, name))(state, dispatch);
  };
}

const toggleQuote: Command = (state, dispatch) =>
  ancestor(state, "blockquote")
    ? lift(state, dispatch)
    : wrapIn(nodeType(state, "blockquote"))(state, dispatch);

const toggleCodeBlock: Command = (state, dispatch) =>
  setBlockType(nodeType(state, ancestor(state, "code_block") ? "paragraph" : "code_block"))(state, dispatch);

/** Removes emphasis and language; hot texts and blanks are content, not form. */
const clear: Command = (state, dispatch) => {
  const { empty, $from, from, to } = state.selection;
  const [start, end] = empty ? [$from.start(), $from.end()] : [from, to];
  const change = state.tr;
  for (const name of [...MARKS, "lang"]) change.removeMark(start, end, markType(state, name));
  if (!change.docChanged) return ancestor(state, "code_block") ? toggleCodeBlock(state, dispatch) : false;
  dispatch?.(change.setStoredMarks([]));
  return true;
};

/** The word at the cursor, or what is selected within one block; null where there is neither. */
function wordsHere(state: EditorState): { from: number; to: number } | null {
  const { $from, $to, from, to, empty } = state.selection;
  if (!$from.sameParent($to) || !$from.parent.inlineContent) return null;
  if (!empty) return { from, to };
  const text = $from.parent.textBetween(0, $from.parent.content.size, "\n", "\ufffc");
  const before = /[\p{L}\p{N}\p{M}_]*$/u.exec(text.slice(0, $from.parentOffset))?.[0].length ?? 0;
  const after = /^[\p{L}\p{N}\p{M}_]*/u.exec(text.slice($from.parentOffset))?.[0].length ?? 0;
  return before + after === 0 ? null : { from: from - before, to: from + after };
}

/** The hot texts that the selection touches, and the one that it lies in. */
function hottextsHere({ doc, selection: { from, to } }: EditorState) {
  const touched = hottextPlaces(doc).filter((place) => place.from <= to && from <= place.to);
  return { touched, around: touched.find((place) => place.from <= from && to <= place.to) };
}

/** Makes the selected words a hot text, or plain words again. */
const toggleHottext: Command = (state, dispatch) => {
  const type = markType(state, "hottext");
  const { touched, around: here } = hottextsHere(state);
  if (here) {
    dispatch?.(state.tr.removeMark(here.from, here.to, type));
    return true;
  }
  const words = wordsHere(state);
  if (!words) return false;
  const change = state.tr;
  for (const place of touched) change.removeMark(place.from, place.to, type);
  dispatch?.(change.addMark(words.from, words.to, type.create({ id: freshId(state, "hottext") })));
  return true;
};

/** Puts a gap in the place of the selection; tells its id and the words that stood there. */
export function insertGap(ongap?: (id: string, words: string) => void): Command {
  return (state, dispatch) => {
    const { $from, $to, from, to } = state.selection;
    if (!$from.sameParent($to) || !$from.parent.inlineContent) return false;
    const type = nodeType(state, "gap");
    if (!$from.parent.canReplaceWith($from.index(), $to.indexAfter(), type)) return false;
    if (dispatch) {
      const id = freshId(state, "gap");
      const words = state.doc.textBetween(from, to, " ").trim();
      const change = state.tr.replaceRangeWith(from, to, type.create({ id }));
      // Behind the gap, so that what is typed next does not take its place.
      dispatch(change.setSelection(TextSelection.create(change.doc, from + 1)).scrollIntoView());
      ongap?.(id, words);
    }
    return true;
  };
}

/** Marks the selection, or what is typed next, as a passage in a language; null takes the mark away. */
export function setLanguage(lang: string | null): Command {
  return (state, dispatch) => {
    const type = markType(state, "lang");
    const { from, to, empty, $cursor } = state.selection as TextSelection;
    const change = state.tr;
    if (empty) {
      if (!$cursor) return false;
      if (lang === null) change.removeStoredMark(type);
      else change.addStoredMark(type.create({ lang }));
    } else if (lang === null) change.removeMark(from, to, type);
    else change.addMark(from, to, type.create({ lang }));
    dispatch?.(change);
    return true;
  };
}

/** Puts formulas, pictures or sound in the place of the selection. */
export function insertInline(name: "formula" | "image" | "audio", all: readonly Attrs[]): Command {
  return (state, dispatch) => {
    const { $from, $to } = state.selection;
    const type = nodeType(state, name);
    const isSelected = state.selection instanceof NodeSelection && state.selection.node.isInline;
    if (
      !isSelected &&
      !($from.parent.inlineContent && $from.parent.type.contentMatch.matchType(type) !== null)
    )
      return false;
    if (!$from.sameParent($to)) return false;
    if (dispatch) {
      const change = state.tr.deleteSelection();
      for (const attributes of all) change.replaceSelectionWith(type.create(attributes), true);
      dispatch(change.scrollIntoView());
    }
    return true;
  };
}

/** Every tool that acts at once. */
export const direct: Readonly<Record<DirectTool, Command>> = {
  ...(Object.fromEntries(
    MARKS.map((name): [string, Command] => [
      name,
      (state, dispatch) => toggleMark(markType(state, name))(state, dispatch),
    ]),
  ) as Record<(typeof MARKS)[number], Command>),
  bulletList: toggleList("bullet_list"),
  orderedList: toggleList("ordered_list"),
  quote: toggleQuote,
  codeBlock: toggleCodeBlock,
  hottext: toggleHottext,
  clear,
  undo,
  redo,
};

/** The tools that are in force at the cursor. */
export function activeTools(state: EditorState): Set<ToolName> {
  const active = new Set<ToolName>();
  for (const name of MARKS) if (markAttributes(state, name)) active.add(name);
  for (const [tool, name] of [
    ["bulletList", "bullet_list"],
    ["orderedList", "ordered_list"],
    ["quote", "blockquote"],
    ["codeBlock", "code_block"],
    ["table", "table"],
  ] as const)
    if (ancestor(state, name)) active.add(tool);
  const [bullet, ordered] = [ancestor(state, "bullet_list"), ancestor(state, "ordered_list")];
  if (bullet && ordered) active.delete(bullet.pos > ordered.pos ? "orderedList" : "bulletList");
  if (hottextsHere(state).around) active.add("hottext");
  if (markAttributes(state, "lang")) active.add("language");
  const node = state.selection instanceof NodeSelection ? state.selection.node : null;
  if (node?.type.name === "formula" || node?.type.name === "image" || node?.type.name === "audio")
    active.add(node.type.name);
  if (node?.type.name === "picture") active.add("image");
  return active;
}
