/** Rectangles of a grid: what is chosen, how it goes to a spreadsheet and how it comes from one. */

export interface Place {
  readonly row: number;
  readonly column: number;
}
export interface Block {
  readonly from: Place;
  readonly to: Place;
}

/** The block between two corners, whichever was first. */
export const blockOf = (one: Place, other: Place): Block => ({
  from: { row: Math.min(one.row, other.row), column: Math.min(one.column, other.column) },
  to: { row: Math.max(one.row, other.row), column: Math.max(one.column, other.column) },
});

export const holds = ({ from, to }: Block, { row, column }: Place): boolean =>
  row >= from.row && row <= to.row && column >= from.column && column <= to.column;

export const isOne = ({ from, to }: Block): boolean => from.row === to.row && from.column === to.column;

export const sizeOf = ({ from, to }: Block): { rows: number; columns: number } => ({
  rows: to.row - from.row + 1,
  columns: to.column - from.column + 1,
});

/** Every place of a block, row by row. */
export const placesOf = (block: Block): Place[][] => {
  const { rows, columns } = sizeOf(block);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => ({
      row: block.from.row + row,
      column: block.from.column + column,
    })),
  );
};

/** Text as spreadsheets exchange it: tabs between cells, one line a row. */
export const textOf = (cells: readonly (readonly string[])[]): string =>
  cells.map((row) => row.join("\t")).join("\n");

/** Cells of such a text; quotes around a cell fall away, and so does the empty line at its end. */
export function cellsOf(text: string): string[][] {
  const lines = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n").replace(/\n$/, "").split("\n");
  return lines.map((line) =>
    line.split("\t").map((cell) =>
      cell
        .trim()
        .replace(/^"(.*)"$/, "$1")
        .replaceAll('""', '"')
        .trim(),
    ),
  );
}

/** Whether a text is a block to be spread over cells and not the text of one. */
export const isBlockText = (text: string): boolean => /[\t\n\r]/.test(text.replace(/[\r\n]+$/, ""));
