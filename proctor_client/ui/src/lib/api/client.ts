/** The API in one typed client: CSRF token, language and problems are handled here once. */
import createClient, { type Client, type Middleware } from "openapi-fetch";
import {
  adoptSession,
  answer,
  forgetSession,
  problemOfFailure,
  refuseProblem,
  setHeaders,
} from "./conventions";
import type { ServerPaths } from "./server";
import type { SessionView } from "./types";

export { adoptSession, answer } from "./conventions";

const conventions: Middleware = {
  onRequest({ request }) {
    setHeaders(request.headers, request.method);
    return request;
  },
  onResponse: ({ response }) => refuseProblem(response).then(() => undefined),
  onError: ({ error }) => problemOfFailure(error),
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

export const readSession = async (): Promise<SessionView> =>
  adoptSession(await answer(api.GET("/api/session")));

export async function signOut(): Promise<void> {
  await api.DELETE("/api/session");
  forgetSession();
}
