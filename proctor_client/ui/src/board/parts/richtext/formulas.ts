/** Formulas typed as LaTeX: the server draws them, each only once. */
import { answer } from "$lib/api/client";
import { staffApi } from "$lib/staff/api";
import type { ConvertFormula } from "./core/nodeViews";

const MOST_KEPT = 500;
const drawn = new Map<string, Promise<string>>();

/** The MathML of a formula; rejects with `ApiProblem` where the LaTeX has a fault. */
export const convertFormula: ConvertFormula = (latex, isBlock) => {
  const key = `${isBlock} ${latex}`;
  const known = drawn.get(key);
  if (known) return known;
  const asked = answer(staffApi.POST("/api/items/formulas", { body: { latex, display: isBlock } })).then(
    ({ mathml }) => mathml,
  );
  if (drawn.size >= MOST_KEPT) drawn.clear();
  drawn.set(key, asked);
  // A connection that was lost is no fault of the formula.
  asked.catch(() => drawn.delete(key));
  return asked;
};
