/** Sends a file to the store of files: announced with its checksum, put there by the address that was answered. */
import { api, data, type Schemas } from "@/lib/api/client";
import { UnreachableError } from "@/lib/api/problem";

export type Attachment = Schemas["AttachmentAnswer"];
type Progress = (share: number) => void;

/** The attachment, uploaded and known to the API. `onProgress` gets 0 to 1. Throws what the API's calls throw. */
export async function upload(
  conversation_id: string,
  file: File,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<Attachment> {
  const announced = {
    file_name: nameOf(file),
    size: file.size,
    content_type: file.type || "application/octet-stream",
    sha256: await digestOf(file),
  };
  const path = { conversation_id };
  const { id, upload: to } = await data(
    api.POST("/v1/conversations/{conversation_id}/attachments", {
      params: { path },
      body: announced,
      signal,
    }),
  );
  await put(file, to, onProgress, signal);
  return data(
    api.POST("/v1/conversations/{conversation_id}/attachments/{attachment_id}/complete", {
      params: { path: { ...path, attachment_id: id } },
      signal,
    }),
  );
}

/** Where the file, or its preview, can be fetched for some minutes. */
export async function linkTo(
  conversation_id: string,
  attachment_id: string,
  preview: boolean,
): Promise<string> {
  const params = { path: { conversation_id, attachment_id }, query: { preview } };
  const at = "/v1/conversations/{conversation_id}/attachments/{attachment_id}/download" as const;
  return (await data(api.GET(at, { params }))).url;
}

/** What the API takes as a name: nothing that is a path, a control character, or turns the direction of reading. */
function nameOf(file: File): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const name = file.name.replace(/[\x00-\x1f\x7f-\x9f/\\\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "_");
  return name.slice(-200) || "file";
}

async function digestOf(file: File): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** By XMLHttpRequest, for fetch tells nothing of how far an upload is. */
function put(
  file: File,
  { url, headers }: Schemas["UploadAnswer"],
  onProgress: Progress,
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
