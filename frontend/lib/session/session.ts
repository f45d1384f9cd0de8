/**
 * Who is signed in. The access token lives in this tab's memory alone; the refresh token is a cookie that no script
 * reads. Renewal happens once for all tabs: under a lock, and told to the others over a channel.
 */
import { patiently } from "@/lib/api/patiently";
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
const REFRESH_TIMEOUT_MS = 4_000;

export type Surroundings = {
  channel: Pick<BroadcastChannel, "postMessage" | "addEventListener">;
  locks: { request<T>(name: string, held: () => Promise<T>): Promise<T> };
  apiUrl: () => Promise<string>;
  now?: () => number;
};

/** One per tab. */
export class Session {
  private token: Token | undefined;
  private refused: string | undefined;
  private status: SessionStatus = "unknown";
  private renewing: Promise<string> | undefined;
  private readonly listeners = new Set<() => void>();

  private readonly channel: Surroundings["channel"];
  private readonly locks: Surroundings["locks"];
  private readonly apiUrl: Surroundings["apiUrl"];
  private readonly now: () => number;

  constructor({ channel, locks, apiUrl, now = Date.now }: Surroundings) {
    this.channel = channel;
    this.locks = locks;
    this.apiUrl = apiUrl;
    this.now = now;
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
    this.refused = refused;
    if (this.token?.value === refused) this.token = undefined;
  }

  /** Signs in, or up, or switches: `path` is the call, its answer the new tokens. */
  async open<Answer extends TokenAnswer>(path: string, body: unknown): Promise<Answer> {
    // Under the lock, so that no renewal of an older session sets its cookie after this one's.
    return this.locks.request(LOCK, async () => {
      const answer = await this.call<Answer>(path, body);
      this.keep(this.tokenOf(answer));
      return answer;
    });
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
    return this.locks.request(LOCK, async () => {
      // Asked under the lock: who held it before may have renewed, and its news may come after the lock.
      if (!this.isFresh(this.token)) await this.askOtherTabs();
      if (this.isFresh(this.token)) return this.token.value;
      try {
        const token = this.tokenOf(await this.exchange());
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
    else if (news.kind === "token") this.take(news.token);
    else if (this.isFresh(this.token))
      this.channel.postMessage({ kind: "token", token: this.token } satisfies News);
  }

  /** Another tab's token, unless the API refused it here, or it is a late answer that is older than ours. */
  private take(token: Token): void {
    const isOlder = this.token !== undefined && this.token.expiresAt > token.expiresAt;
    if (token.value !== this.refused && !isOlder) this.set(token);
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

  /** Asks twice: within ten seconds the same refresh token gets the same answer, so one that was lost signs nobody out. */
  private async exchange(): Promise<TokenAnswer> {
    const ask = () => this.call<TokenAnswer>("/v1/auth/refresh", {}, REFRESH_TIMEOUT_MS);
    try {
      return await ask();
    } catch (error) {
      if (error instanceof UnreachableError) return ask();
      throw error;
    }
  }

  private async call<Answer>(path: string, body: unknown, timeout = TIMEOUT_MS): Promise<Answer> {
    const answer = await this.send(path, body, timeout);
    if (!answer.ok) throw await ProblemError.from(answer);
    return (answer.status === 204 ? undefined : await answer.json()) as Answer;
  }

  private async send(path: string, body: unknown, timeout: number): Promise<Response> {
    const ask = async () =>
      fetch(`${await this.apiUrl()}${path}`, {
        method: "POST",
        headers: CSRF_HEADERS,
        body: JSON.stringify(body),
        credentials: "include",
        signal: AbortSignal.timeout(timeout),
      });
    try {
      return await patiently(ask);
    } catch (error) {
      throw new UnreachableError("The API does not answer.", { cause: error });
    }
  }
}

let ownSession: Session | undefined;

const SEEN_KEY = "stackpro-signed-in";

/** Whether this browser was signed in when last it was asked: a hint, so that a visitor's pages need not ask in vain. */
export function wasSignedIn(): boolean {
  return localStorage.getItem(SEEN_KEY) !== null;
}

function rememberStatus(status: SessionStatus): void {
  if (status === "signed-in") localStorage.setItem(SEEN_KEY, "1");
  if (status === "signed-out") localStorage.removeItem(SEEN_KEY);
}

/** The session of this tab. */
export function session(): Session {
  ownSession ??= newSession();
  return ownSession;
}

function newSession(): Session {
  const own = new Session({
    channel: new BroadcastChannel(LOCK),
    locks: { request: async (name, held) => await navigator.locks.request(name, held) },
    apiUrl: async () => (await loadConfig()).apiUrl,
  });
  own.subscribe(() => rememberStatus(own.getStatus()));
  return own;
}
