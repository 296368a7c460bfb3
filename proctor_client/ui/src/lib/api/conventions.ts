/** What every call of the API keeps to, whichever client makes it: CSRF token, language, problems as errors. */
import { language } from "../i18n/language.svelte";
import { networkProblem, problemOf } from "./problem";
import type { SessionView } from "./types";

let csrfToken: string | null = null;
let further: Readonly<Record<string, string>> = {};

/** Sets what the server asks of every request. */
export function setHeaders(headers: Headers, method: string): void {
  headers.set("Accept-Language", language());
  if (method !== "GET" && csrfToken !== null) headers.set("X-CSRF-Token", csrfToken);
  for (const [name, value] of Object.entries(further)) headers.set(name, value);
}

/** From now on every request says this too. */
export function sendAlways(headers: Readonly<Record<string, string>>): void {
  further = headers;
}

/** Throws `ApiProblem` unless the server has done what it was asked for. */
export async function refuseProblem(response: Response): Promise<void> {
  // 304 is an answer: the caller asked with If-None-Match and keeps what it has.
  if (!response.ok && response.status !== 304) throw await problemOf(response);
}

/** The problem that a failed fetch stands for; undefined for a call that its caller aborted. */
export function problemOfFailure(error: unknown): Error | undefined {
  // fetch rejects with TypeError when no answer came and with TimeoutError when it took too long.
  const isTimeout = error instanceof DOMException && error.name === "TimeoutError";
  return error instanceof TypeError || isTimeout ? networkProblem() : undefined;
}

/** The body of a successful answer. Throws `ApiProblem` for every other. */
export async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}

/** Keeps the token that unsafe methods need; every session view brings the current one. */
export function adoptSession(view: SessionView): SessionView {
  csrfToken = view.csrf_token;
  return view;
}

export function forgetSession(): void {
  csrfToken = null;
}
