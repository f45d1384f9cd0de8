/** What differs between two versions of an assistant. */
import type { Version } from "@/lib/ai/types";

const FIELDS = [
  "instructions",
  "tone",
  "model",
  "knowledge_base_ids",
  "most_tokens",
  "memory_tokens",
  "redacts",
  "example_questions",
] as const;
export type Field = (typeof FIELDS)[number];
export type Content = Pick<Version, Field>;

/** The fields that are not the same, in the order of the form. What order knowledge has tells nothing. */
export function changedFields(before: Content, after: Content): Field[] {
  const of = (content: Content, field: Field) =>
    field === "knowledge_base_ids" ? [...content[field]].sort() : content[field];
  return FIELDS.filter((field) => JSON.stringify(of(before, field)) !== JSON.stringify(of(after, field)));
}

/** What of two lists is in one alone. */
export function listChanges(before: readonly string[], after: readonly string[]) {
  return {
    added: after.filter((each) => !before.includes(each)),
    removed: before.filter((each) => !after.includes(each)),
  };
}

export type Piece = { kind: "same" | "added" | "removed"; text: string };

/** Beyond so many pairs of words, what differs is told as a whole. */
const MOST_PAIRS = 4_000_000;

/** How one text became the other, word by word: the longest common subsequence stays. */
export function wordChanges(before: string, after: string): Piece[] {
  const [old, young] = [wordsOf(before), wordsOf(after)];
  if (old.length * young.length > MOST_PAIRS) return joined([removed(before), added(after)]);
  const width = young.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = young.length - 1; j >= 0; j--) {
      const at = i * width + j;
      lengths[at] =
        old[i] === young[j]
          ? (lengths[at + width + 1] ?? 0) + 1
          : Math.max(lengths[at + width] ?? 0, lengths[at + 1] ?? 0);
    }
  }
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < young.length) {
    if (old[i] === young[j]) {
      pieces.push({ kind: "same", text: young[j++] ?? "" });
      i += 1;
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) {
      pieces.push(removed(old[i++] ?? ""));
    } else pieces.push(added(young[j++] ?? ""));
  }
  pieces.push(...old.slice(i).map(removed), ...young.slice(j).map(added));
  return joined(pieces);
}

const removed = (text: string): Piece => ({ kind: "removed", text });
const added = (text: string): Piece => ({ kind: "added", text });

/** Words, each with the space after it. */
function wordsOf(text: string): string[] {
  return text.match(/\S+\s*|^\s+/g) ?? [];
}

function joined(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = [];
  for (const piece of pieces) {
    const last = found.at(-1);
    if (last?.kind === piece.kind) last.text += piece.text;
    else if (piece.text !== "") found.push({ ...piece });
  }
  return found;
}
