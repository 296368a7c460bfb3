/** Errors of the API as values: problem+json with its stable code, or a network that does not answer. */

export interface ProblemDetail {
  place: string;
  code: string;
  message: string;
  fix: string;
}

interface ProblemBody {
  title?: unknown;
  code?: unknown;
  detail?: unknown;
  errors?: unknown;
  [extra: string]: unknown;
}

/** An answer that is not a success. `status` 0 means that no answer came at all. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";

  constructor(
    readonly status: number,
    /** Stable code to decide by; `network_unreachable` when no answer came. */
    readonly code: string,
    /** Localised by the server; empty when it had nothing to say. */
    readonly title: string,
    readonly detail: string,
    readonly errors: readonly ProblemDetail[] = [],
    /** What the server asked to wait, from Retry-After. */
    readonly retryAfterMs: number | null = null,
    /** Further members of the problem, such as `want_from`. */
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${status} ${code}`);
  }

  get isNetwork(): boolean {
    return this.status === 0;
  }
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Reads Retry-After given in seconds; the form with a date depends on the PC's clock and is left out. */
function retryAfterMs(response: Response): number | null {
  const header = response.headers.get("Retry-After");
  const seconds = header === null ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}

/** Makes a problem of any answer that is not a success, also of a proxy's HTML page. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  let body: ProblemBody = {};
  try {
    const parsed: unknown = await response.json();
    if (typeof parsed === "object" && parsed !== null) body = parsed as ProblemBody;
  } catch {
    // Not JSON: the status alone has to do.
  }
  const { title, code, detail, errors, ...extra } = body;
  return new ApiProblem(
    response.status,
    text(code) || `http_${response.status}`,
    text(title),
    text(detail),
    Array.isArray(errors) ? (errors as ProblemDetail[]) : [],
    retryAfterMs(response),
    extra,
  );
}

export const networkProblem = (): ApiProblem => new ApiProblem(0, "network_unreachable", "", "");
