/** Figures of findings inside sentences; a finding without a figure reads as 0 or as nothing. */
import { formatNumber } from "../../../lib/format";

export type Data = Readonly<Record<string, number | string>>;
export const figure = (data: Data, name: string, decimals: number): string =>
  formatNumber(Number(data[name] ?? 0), decimals);
export const percent = (data: Data, name: string): string =>
  `${figure({ [name]: Number(data[name] ?? 0) * 100 }, name, 0)} %`;
export const text = (data: Data, name: string): string => String(data[name] ?? "");
export const difficulty = (data: Data): string =>
  data.b === undefined ? "" : ` (b = ${figure(data, "b", 2)})`;
