/** What keys do in a rich-text field. */
import { baseKeymap, chainCommands, exitCode } from "prosemirror-commands";
import { redo } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { liftListItem, sinkListItem, splitListItem } from "prosemirror-schema-list";
import { type Command, NodeSelection, type Plugin } from "prosemirror-state";
import { goToNextCell } from "prosemirror-tables";
import { shortcuts, type ToolName } from "../tools";
import { ancestor, direct, nodeType } from "./commands";

const breakLine: Command = (state, dispatch) => {
  if (ancestor(state, "code_block")) return false;
  dispatch?.(state.tr.replaceSelectionWith(nodeType(state, "hard_break").create()).scrollIntoView());
  return true;
};

/** Below a caption the text goes on. */
const leaveCaption: Command = (state, dispatch) => {
  const caption = ancestor(state, "figcaption") ?? ancestor(state, "table_caption");
  if (!caption) return false;
  const whole = ancestor(state, "figure") ?? ancestor(state, "captioned_table");
  if (!whole) return false;
  if (dispatch) {
    const end = whole.pos + whole.node.nodeSize;
    const change = state.tr.insert(end, nodeType(state, "paragraph").create());
    dispatch(change.setSelection(NodeSelection.near(change.doc.resolve(end + 1))).scrollIntoView());
  }
  return true;
};

/**
 * The keys of a field. Tab goes from cell to cell and leaves the field everywhere else, so that nobody is caught;
 * lists are nested with Ctrl and the square brackets.
 */
export function keys(act: {
  isOffered: (tool: ToolName) => boolean;
  run: (tool: ToolName) => void;
  open: () => boolean;
  toToolbar: () => void;
  hasBlocks: boolean;
}): Plugin[] {
  const tools = Object.entries(shortcuts)
    .filter(([tool]) => act.isOffered(tool as ToolName))
    .map(([tool, key]): [string, Command] => [
      key,
      () => {
        act.run(tool as ToolName);
        return true;
      },
    ]);
  const item =
    (make: typeof liftListItem): Command =>
    (state, dispatch) =>
      make(nodeType(state, "list_item"))(state, dispatch);
  const openSelected: Command = (state) => state.selection instanceof NodeSelection && act.open();
  const inBlocks: Record<string, Command> = {
    Enter: chainCommands(openSelected, leaveCaption, item(splitListItem)),
    "Mod-]": item(sinkListItem),
    "Mod-[": item(liftListItem),
    "Mod-Enter": exitCode,
    "Shift-Enter": breakLine,
    Tab: goToNextCell(1),
    "Shift-Tab": goToNextCell(-1),
  };
  const inLine: Record<string, Command> = {
    Enter: chainCommands(openSelected, breakLine),
    "Shift-Enter": breakLine,
  };
  return [
    keymap({
      ...Object.fromEntries(tools),
      "Mod-Shift-z": redo,
      "Alt-F10": () => {
        act.toToolbar();
        return true;
      },
      ...(act.hasBlocks ? inBlocks : inLine),
    }),
    keymap(baseKeymap),
  ];
}

/** Whether a tool that acts at once can act here. */
export const canRun = (tool: ToolName, state: Parameters<Command>[0]): boolean =>
  !(tool in direct) || direct[tool as keyof typeof direct](state);
