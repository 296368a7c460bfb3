/** The API in one typed client: CSRF token, language and problems are handled here once. */
import createClient, { type Client, type Middleware } from "openapi-fetch";
import { language } from "../i18n/language.svelte";
import { networkProblem, problemOf } from "./problem";
import type { ServerPaths } from "./server";
import type { SessionView } from "./types";

let csrfToken: string | null = null;

const conventions: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", language());
    if (request.method !== "GET" && csrfToken !== null) request.headers.set("X-CSRF-Token", csrfToken);
    return request;
  },
  async onResponse({ response }) {
    // 304 is an answer: the caller asked with If-None-Match and keeps what it has.
    if (!response.ok && response.status !== 304) throw await problemOf(response);
  },
  onError({ error }) {
    // fetch rejects with TypeError when no answer came and with TimeoutError when it took too long; a call that its
    // caller aborted keeps its own error.
    const isTimeout = error instanceof DOMException && error.name === "TimeoutError";
    return error instanceof TypeError || isTimeout ? networkProblem() : undefined;
  },
};

/** JSON, or a form when the body holds a file: `body: { file }` is all an upload needs. */
function serialized(body: unknown): string | FormData {
  const fields = typeof body === "object" && body !== null ? Object.entries(body) : [];
  if (!fields.some(([, value]) => value instanceof Blob)) return JSON.stringify(body);
  const form = new FormData();
  for (const [name, value] of fields) form.set(name, value instanceof Blob ? value : String(value));
  return form;
}

/** A client that keeps the conventions, checked against the given paths. */
export function connect<Paths extends object>(...further: Middleware[]): Client<Paths> {
  const client = createClient<Paths>({ credentials: "same-origin", bodySerializer: serialized });
  client.use(conventions, ...further);
  return client;
}

/** `api.GET("/api/items", { params: { query: { q } } })`; paths, bodies and answers are checked by the compiler. */
export const api = connect<ServerPaths>();

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

export const readSession = async (): Promise<SessionView> =>
  adoptSession(await answer(api.GET("/api/session")));

export async function signOut(): Promise<void> {
  await api.DELETE("/api/session");
  csrfToken = null;
}
