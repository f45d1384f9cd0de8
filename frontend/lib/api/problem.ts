/** What went wrong with a call, as RFC 9457 problem documents tell it. */

export type FieldError = {
  pointer: string;
  code: string;
  message: string;
  params?: Record<string, string | number> | undefined;
};

type ProblemDocument = {
  code?: string;
  detail?: string;
  title?: string;
  request_id?: string;
  errors?: FieldError[];
  /** The document as a whole: some problems have members of their own. */
  members?: Readonly<Record<string, unknown>>;
};

/** The API answered with a problem. `retryAfter` is in seconds. */
export class ProblemError extends Error {
  override name = "ProblemError";
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;
  readonly errors: FieldError[];
  readonly members: Readonly<Record<string, unknown>>;
  readonly retryAfter: number | undefined;

  constructor(status: number, problem: ProblemDocument, retryAfter?: number) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? `http_${status}`;
    this.requestId = problem.request_id;
    this.errors = problem.errors ?? [];
    this.members = problem.members ?? {};
    this.retryAfter = retryAfter;
  }

  static async from(answer: Response): Promise<ProblemError> {
    const text = await answer.text();
    const wait = Number(answer.headers.get("retry-after"));
    return new ProblemError(answer.status, parsed(text), wait > 0 ? wait : undefined);
  }
}

/** The API did not answer: no network, a gateway that is down, or a time-out. */
export class UnreachableError extends Error {
  override name = "UnreachableError";
}

/** Nobody is signed in, or the session has ended. */
export class SignedOutError extends Error {
  override name = "SignedOutError";
}

/** The members that have the type of RFC 9457 and of the API; a proxy's page in between has none. */
function parsed(text: string): ProblemDocument {
  const found = json(text);
  const one = (typeof found === "object" && found !== null ? found : {}) as Record<string, unknown>;
  const texts = ["code", "detail", "title", "request_id"].filter((name) => typeof one[name] === "string");
  return {
    ...Object.fromEntries(texts.map((name) => [name, one[name]])),
    ...(Array.isArray(one.errors) && { errors: one.errors as FieldError[] }),
    members: one,
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
