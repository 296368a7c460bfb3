/** Figures as a board reads them. */
import { formatNumber } from "../../../lib/format";

/** `0,034`; chances too small for three decimals are said to be below them. */
export const pValue = (p: number | null): string =>
  p === null ? "–" : p < 0.0005 ? "< 0,001" : formatNumber(p, 3);
