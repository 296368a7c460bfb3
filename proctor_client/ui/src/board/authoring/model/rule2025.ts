/** Four statements as in the upper-secondary graduation examination from 2025 on: shares for 0 to 4 right ones. */
export const shares2025: readonly string[] = ["0", "0.1", "0.25", "0.5", "1"];
