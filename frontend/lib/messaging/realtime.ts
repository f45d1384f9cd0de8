/** The one socket of this tab. */
import { SignedOutError } from "@/lib/api/problem";
import { loadConfig } from "@/lib/config";
import { session } from "@/lib/session/session";
import { browserSurroundings, RealtimeClient } from "@/packages/realtime";

let ownClient: RealtimeClient | undefined;

export function realtime(): RealtimeClient {
  ownClient ??= new RealtimeClient(browserSurroundings({ url: realtimeUrl, token: tokens() }));
  return ownClient;
}

/** The API's address in the scheme of sockets; the token is never part of it. */
async function realtimeUrl(): Promise<string> {
  const { apiUrl } = await loadConfig();
  return `${apiUrl.replace(/^http/, "ws")}/v1/realtime`;
}

function tokens() {
  let last: string | undefined;
  return async ({ fresh }: { fresh: boolean }): Promise<string | null> => {
    try {
      if (fresh && last !== undefined) session().forget(last);
      last = await session().accessToken();
      return last;
    } catch (error) {
      if (error instanceof SignedOutError) return null;
      throw error;
    }
  };
}
