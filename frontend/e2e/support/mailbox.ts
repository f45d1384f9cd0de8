/** The sandbox's mailbox, which keeps every mail of the platform. */
import { type APIRequestContext, expect } from "@playwright/test";

export const MAILBOX = process.env.MAILBOX_URL ?? "http://127.0.0.1:8004";

export type Mail = { subject: string; text: string };

/** The newest mail to an address that is the one meant; mails leave within a few seconds. */
export async function mailTo(
  request: APIRequestContext,
  email: string,
  isMeant: (mail: Mail) => boolean,
): Promise<Mail> {
  let found: Mail | undefined;
  const look = async () => {
    const answer = await request.get(`${MAILBOX}/messages`, {
      params: { to: email },
      headers: { Accept: "application/json" },
    });
    found = ((await answer.json()) as Mail[]).find(isMeant);
    return found !== undefined;
  };
  await expect.poll(look, { message: `a mail to ${email}`, intervals: [100] }).toBe(true);
  return found as unknown as Mail;
}
