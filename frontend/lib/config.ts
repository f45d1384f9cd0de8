/** What the app learns at run time from `/config.json`, so that one build serves every installation. */
export type Config = { apiUrl: string };

let loading: Promise<Config> | undefined;

/** The configuration, fetched once. `api_url` empty or missing means: the API is at the app's own origin. */
export function loadConfig(): Promise<Config> {
  loading ??= fetch("/config.json", { cache: "no-cache" })
    .then((answer) => {
      if (answer.ok) return answer.json();
      if (answer.status === 404) return {};
      throw new Error(`/config.json: HTTP ${answer.status}`);
    })
    .then((values: { api_url?: string }) => ({
      apiUrl: (values.api_url || window.location.origin).replace(/\/$/, ""),
    }))
    .catch((error: unknown) => {
      loading = undefined; // A later call tries again: the network may be back.
      throw error;
    });
  return loading;
}
