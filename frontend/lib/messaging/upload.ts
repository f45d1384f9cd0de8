/** Sends a file to the store of files: announced with its checksum, put there by the address that was answered. */
import { api, data, type Schemas } from "@/lib/api/client";
import { digestOf } from "@/lib/files/sha256";
import { typeOf } from "@/lib/files/types";
import { nameOf, put } from "@/lib/files/upload";

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
    content_type: typeOf(file),
    sha256: await digestOf(file, signal),
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
