/** What to tell a user about an error, whatever it was. */
import { ApiProblem } from "../api/problem";
import { common } from "../i18n/common.svelte";

export function problemText(error: unknown): { title: string; detail: string } {
  if (!(error instanceof ApiProblem)) return { title: common.unknownError, detail: "" };
  if (error.isNetwork) return { title: common.networkError, detail: common.networkErrorDetail };
  return { title: error.title || common.unknownError, detail: error.detail };
}
