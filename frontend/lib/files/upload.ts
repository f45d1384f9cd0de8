/** Sends a file to the store of files, as the API allowed it. */
import type { Schemas } from "@/lib/api/client";
import { UnreachableError } from "@/lib/api/problem";

/** What the API takes as a name: nothing that is a path, a control character, or turns the direction of reading. */
export function nameOf(file: File): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const name = file.name.replace(/[\x00-\x1f\x7f-\x9f/\\\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "_");
  return name.slice(-200) || "file";
}

/** By XMLHttpRequest, for fetch tells nothing of how far an upload is. `onProgress` gets 0 to 1. */
export function put(
  file: File,
  { url, headers }: Schemas["UploadAnswer"],
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = () => reject(new UnreachableError("The file could not be uploaded."));
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) {
      // The browser itself says how long the body is, and to whom it is.
      if (!/^(content-length|host)$/i.test(name)) request.setRequestHeader(name, value);
    }
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => (request.status < 300 ? resolve() : fail());
    request.onerror = fail;
    request.onabort = fail;
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}
