/** Where to go after signing in: a path of this app from the `next` parameter, never another site. */
export function nextPath(search: string, fallback: string): string {
  const wanted = new URLSearchParams(search).get("next") ?? "";
  try {
    const url = new URL(wanted, "https://app.invalid");
    const isOurs = url.origin === "https://app.invalid" && /^\/[^/\\]/.test(wanted);
    return isOurs ? `${url.pathname}${url.search}` : fallback;
  } catch {
    return fallback;
  }
}
