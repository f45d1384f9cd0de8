/** Where the platform under test is, and what a person at its API does. */
import type { APIRequestContext, BrowserContext } from "@playwright/test";

export const WEB = process.env.WEB_URL ?? "http://127.0.0.1:3000";
export const API = process.env.API_URL ?? "http://127.0.0.1:8000";
export const PASSWORD = "three calm otters 42";
export const GOOD_CARD = "4242 4242 4242 4242";
export const DECLINED_CARD = "4000 0000 0000 0002";

export type Owner = { email: string; company: string; token: string };

let count = 0;

export function newEmail(): string {
  return `owner-${process.pid}-${Date.now()}-${count++}@example.com`;
}

/** Signs somebody up at the API; the session's cookie is then the browser's, as after a sign-up in it. */
export async function signUp(context: BrowserContext, company = "Bäcker & Söhne"): Promise<Owner> {
  const email = newEmail();
  const answer = await context.request.post(`${API}/v1/auth/signup`, {
    headers: { Origin: WEB, "X-CSRF-Protection": "1" },
    data: { email, password: PASSWORD, full_name: "Ada Lovelace", company, session: "cookie" },
  });
  if (answer.status() !== 201) throw new Error(`sign-up: ${answer.status()} ${await answer.text()}`);
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return { email, company, token };
}

/** What the API answers the owner, at once. */
export async function read<Answer>(request: APIRequestContext, owner: Owner, path: string): Promise<Answer> {
  const answer = await request.get(`${API}${path}`, { headers: { Authorization: `Bearer ${owner.token}` } });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}
