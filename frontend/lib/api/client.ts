/** The typed client of the gateway: every path, body and answer is generated from its OpenAPI document. */
import createClient from "openapi-fetch";
import { patiently } from "@/lib/api/patiently";
import { ProblemError, UnreachableError } from "@/lib/api/problem";
import type { components, paths } from "@/lib/api/schema";
import { loadConfig } from "@/lib/config";
import { session } from "@/lib/session/session";

export type Schemas = components["schemas"];
const PLACEHOLDER = "http://api.invalid";
const TIMEOUT_MS = 20_000;

/** Calls with the session's token; renews it once where the API says it is no longer good. */
async function signedFetch(request: Request): Promise<Response> {
  const token = await session().accessToken();
  const answer = await send(request.clone(), token);
  if (answer.status !== 401) return answer;
  session().forget(token);
  return send(request, await session().accessToken());
}

async function send(request: Request, token?: string): Promise<Response> {
  const { apiUrl } = await reachable(loadConfig());
  const headers = new Headers(request.headers);
  if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
  // A request made from another streams its body, and Chromium streams over HTTP/2 alone: so the body is read.
  const bytes = await request.arrayBuffer();
  const ask = () =>
    fetch(request.url.replace(PLACEHOLDER, apiUrl), {
      method: request.method,
      headers,
      body: bytes.byteLength > 0 ? bytes : null,
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
  const answer = await reachable(patiently(ask), request.signal);
  if (answer.status >= 400 && answer.status !== 401) throw await ProblemError.from(answer);
  return answer;
}

async function reachable<T>(asked: Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new UnreachableError("The API does not answer.", { cause: error });
  }
}

/** For calls by whoever is signed in. */
export const api = createClient<paths>({ baseUrl: PLACEHOLDER, fetch: signedFetch });

/** For calls that need no sign-in. */
export const publicApi = createClient<paths>({ baseUrl: PLACEHOLDER, fetch: (request) => send(request) });

type Outcome<T> = { data?: T; error?: unknown; response: Response };

/** The data of a call: `await data(api.GET("/v1/me"))`. Throws ProblemError, UnreachableError or SignedOutError. */
export async function data<T>(asked: Promise<Outcome<T>>): Promise<T> {
  const { data: found, error, response } = await asked;
  if (error !== undefined || !response.ok) throw new ProblemError(response.status, (error ?? {}) as object);
  return found as T;
}
