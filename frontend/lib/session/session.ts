/**
 * Who is signed in. The access token lives in this tab's memory alone; the refresh token is a cookie that no script
 * reads. Renewal happens once for all tabs: under a lock, and told to the others over a channel.
 */
import { ProblemError, SignedOutError, UnreachableError } from "@/lib/api/problem";
import { loadConfig } from "@/lib/config";

export type SessionStatus = "unknown" | "signed-in" | "signed-out";
type Token = { value: string; expiresAt: number };
type News = { kind: "token"; token: Token } | { kind: "signed-out" } | { kind: "who" };
type TokenAnswer = { access_token: string; expires_in: number };

const CSRF_HEADERS = { "X-CSRF-Protection": "1", "Content-Type": "application/json" };
const RENEW_BEFORE_MS = 60_000;
const ASK_MS = 120;
const LOCK = "stackpro-session";
const TIMEOUT_MS = 15_000;

/** One per tab; tests make their own with a fake `fetch`, channel and lock. */
export class Session {
  private token: Token | undefined;
  private status: SessionStatus = "unknown";
  private renewing: Promise<string> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly channel: Pick<BroadcastChannel, "postMessage" | "addEventListener">,
    private readonly locks: Pick<LockManager, "request">,
    private readonly fetcher: typeof fetch,
    private readonly now: () => number = Date.now,
  ) {
    channel.addEventListener("message", (event) => this.hear(event.data as News));
  }

  readonly getStatus = (): SessionStatus => this.status;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** A token that is good for at least a minute. Throws SignedOutError or UnreachableError. */
  async accessToken(): Promise<string> {
    if (this.status === "signed-out") throw new SignedOutError();
    if (this.isFresh(this.token)) return this.token.value;
    this.renewing ??= this.renew().finally(() => {
      this.renewing = undefined;
    });
    return this.renewing;
  }

  /** After the API refused `refused`: forget it, so that the next call renews. Another tab's newer token stays. */
  forget(refused: string): void {
    if (this.token?.value === refused) this.token = undefined;
  }

  /** Signs in, or up, or switches: `path` is the call, its answer the new tokens. */
  async open<Answer extends TokenAnswer>(path: string, body: unknown): Promise<Answer> {
    const answer = await this.call<Answer>(path, body);
    this.keep(this.tokenOf(answer));
    return answer;
  }

  /** Ends this session here and in every tab. Signed out locally even where the API cannot be reached. */
  async close(): Promise<void> {
    try {
      await this.call("/v1/auth/logout", {});
    } finally {
      this.end();
      this.channel.postMessage({ kind: "signed-out" } satisfies News);
    }
  }

  private async renew(): Promise<string> {
    if (this.token === undefined) await this.askOtherTabs();
    return this.locks.request(LOCK, async () => {
      if (this.isFresh(this.token)) return this.token.value; // Another tab renewed while this one waited.
      try {
        const token = this.tokenOf(await this.call<TokenAnswer>("/v1/auth/refresh", {}));
        this.keep(token);
        return token.value;
      } catch (error) {
        if (error instanceof ProblemError && (error.status === 401 || error.status === 403)) {
          this.end();
          this.channel.postMessage({ kind: "signed-out" } satisfies News);
          throw new SignedOutError();
        }
        throw error;
      }
    });
  }

  private askOtherTabs(): Promise<void> {
    this.channel.postMessage({ kind: "who" } satisfies News);
    return new Promise((resolve) => {
      const stop = this.subscribe(finish);
      const timer = setTimeout(finish, ASK_MS);
      function finish() {
        clearTimeout(timer);
        stop();
        resolve();
      }
    });
  }

  private hear(news: News): void {
    if (news.kind === "signed-out") this.end();
    else if (news.kind === "token") this.set(news.token);
    else if (this.isFresh(this.token))
      this.channel.postMessage({ kind: "token", token: this.token } satisfies News);
  }

  private keep(token: Token): void {
    this.set(token);
    this.channel.postMessage({ kind: "token", token } satisfies News);
  }

  private set(token: Token): void {
    this.token = token;
    this.status = "signed-in";
    this.tell();
  }

  private end(): void {
    this.token = undefined;
    this.status = "signed-out";
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private isFresh(token: Token | undefined): token is Token {
    return token !== undefined && token.expiresAt - this.now() > RENEW_BEFORE_MS;
  }

  private tokenOf(answer: TokenAnswer): Token {
    return { value: answer.access_token, expiresAt: this.now() + answer.expires_in * 1000 };
  }

  private async call<Answer>(path: string, body: unknown): Promise<Answer> {
    const answer = await this.send(path, body);
    if (!answer.ok) throw await ProblemError.from(answer);
    return (answer.status === 204 ? undefined : await answer.json()) as Answer;
  }

  private async send(path: string, body: unknown): Promise<Response> {
    try {
      const { apiUrl } = await loadConfig();
      return await this.fetcher(`${apiUrl}${path}`, {
        method: "POST",
        headers: CSRF_HEADERS,
        body: JSON.stringify(body),
        credentials: "include",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      throw new UnreachableError("The API does not answer.", { cause: error });
    }
  }
}

let ownSession: Session | undefined;

/** The session of this tab. */
export function session(): Session {
  ownSession ??= new Session(new BroadcastChannel("stackpro-session"), navigator.locks, (...call) =>
    fetch(...call),
  );
  return ownSession;
}
