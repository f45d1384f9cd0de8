/** Media types of files from which text can be read, by their endings. */

const TYPES: Readonly<Record<string, string>> = {
  csv: "text/csv",
  doc: "application/msword",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  htm: "text/html",
  html: "text/html",
  markdown: "text/markdown",
  md: "text/markdown",
  pdf: "application/pdf",
  txt: "text/plain",
};

/** What the file chooser offers. */
export const ENDINGS = Object.keys(TYPES)
  .map((ending) => `.${ending}`)
  .join(",");

/** By the file's ending: what browsers say of types depends on the programs of the machine. */
export function typeOf({ name, type }: Pick<File, "name" | "type">): string {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  return TYPES[ending] ?? (type || "application/octet-stream");
}
