/** What all imports of spreadsheets have in common: a dry run with its report, then applying it. */

export interface RowFault {
  /** 0 for the file as a whole. */
  row: number;
  column: string | null;
  heading?: string;
  code: string;
  message: string;
  fix: string;
}

export interface ImportSummary {
  id: string;
  fileName: string;
  rowsRead: number;
  rowsWithErrors: number;
  /** What applying would do, in the words of the import at hand. */
  counts: readonly { label: string; value: number }[];
  /** Rows that applying would save when rows with errors are left out. */
  usableRows: number;
  errors: readonly RowFault[];
  warnings: readonly RowFault[];
  /** Complete, where the lists may be cut. */
  errorCount: number;
  warningCount: number;
}
