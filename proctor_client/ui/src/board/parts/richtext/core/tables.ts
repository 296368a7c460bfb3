/** What the table menu does. */
import { Fragment } from "prosemirror-model";
import { type Command, Selection, TextSelection, type Transaction } from "prosemirror-state";
import {
  addColumnAfter,
  addColumnBefore,
  addRowAfter,
  addRowBefore,
  deleteColumn,
  deleteRow,
  mergeCells,
  splitCell,
  toggleHeaderColumn,
  toggleHeaderRow,
} from "prosemirror-tables";
import { ancestor, nodeType } from "./commands";

export interface TableSize {
  rows: number;
  columns: number;
  hasHeaderRow: boolean;
}

/** Inserts an empty table and puts the cursor into its first cell. */
export function insertTable({ rows, columns, hasHeaderRow }: TableSize): Command {
  return (state, dispatch) => {
    if (ancestor(state, "table")) return false;
    const row = (name: string) =>
      nodeType(state, "table_row").create(
        null,
        Array.from({ length: columns }, () => nodeType(state, name).createAndFill()).filter(
          (cell) => cell !== null,
        ),
      );
    const table = nodeType(state, "table").create(
      null,
      Array.from({ length: rows }, (_, i) => row(hasHeaderRow && i === 0 ? "table_header" : "table_cell")),
    );
    if (dispatch) {
      const change = state.tr.replaceSelectionWith(table, false);
      const start = change.mapping.map(state.selection.from, -1);
      let inside = start;
      change.doc.nodesBetween(start, change.doc.content.size, (node, pos) => {
        if (node === table) inside = pos + 1;
        return inside === start;
      });
      const after = change.doc.resolve(inside - 1 + table.nodeSize);
      // Whoever inserts a table goes on writing below it.
      if (!after.nodeAfter) change.insert(after.pos, nodeType(state, "paragraph").create());
      dispatch(change.setSelection(Selection.near(change.doc.resolve(inside))).scrollIntoView());
    }
    return true;
  };
}

/** Deletes the table around the cursor, with its caption. */
const deleteTable: Command = (state, dispatch) => {
  const whole = ancestor(state, "captioned_table") ?? ancestor(state, "table");
  if (!whole) return false;
  dispatch?.(state.tr.delete(whole.pos, whole.pos + whole.node.nodeSize).scrollIntoView());
  return true;
};

/** Gives the table a caption to write into, or takes it away. */
const toggleCaption: Command = (state, dispatch) => {
  const captioned = ancestor(state, "captioned_table");
  if (captioned) {
    const table = captioned.node.lastChild;
    if (table)
      dispatch?.(state.tr.replaceWith(captioned.pos, captioned.pos + captioned.node.nodeSize, table));
    return true;
  }
  const table = ancestor(state, "table");
  if (!table) return false;
  const caption = nodeType(state, "table_caption").create();
  const whole = nodeType(state, "captioned_table").create(null, Fragment.from([caption, table.node]));
  if (dispatch) {
    const change = state.tr.replaceWith(table.pos, table.pos + table.node.nodeSize, whole);
    dispatch(change.setSelection(TextSelection.create(change.doc, table.pos + 2)).scrollIntoView());
  }
  return true;
};

/** Leaves the cursor in the table; with its last row or column gone, it would go on below. */
const staying =
  (command: Command): Command =>
  (state, dispatch, view) => {
    const stay = (change: Transaction): void => {
      const start = change.mapping.map(ancestor(state, "table")?.pos ?? 0);
      const table = change.doc.nodeAt(start);
      const end = start + (table?.nodeSize ?? 0);
      if (table?.type.name === "table" && change.selection.from >= end)
        change.setSelection(Selection.near(change.doc.resolve(end - 1), -1));
      dispatch?.(change);
    };
    return command(state, dispatch && stay, view);
  };

export const tableActs = {
  addRowBefore,
  addRowAfter,
  deleteRow: staying(deleteRow),
  addColumnBefore,
  addColumnAfter,
  deleteColumn: staying(deleteColumn),
  toggleHeaderRow,
  toggleHeaderColumn,
  mergeCells,
  splitCell,
  toggleCaption,
  deleteTable,
} as const satisfies Record<string, Command>;

export type TableAct = keyof typeof tableActs;
