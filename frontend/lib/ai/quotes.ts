/** Where quoted words stand in a text. */

export type Piece = { text: string; isQuoted: boolean };

/** The text in pieces, the quote as one of them; null where its words do not stand there. Breaks of lines do not count. */
export function quoted(text: string, quote: string): Piece[] | null {
  const words = quote.trim().split(/\s+/).filter(Boolean).map(escaped);
  if (words.length === 0) return null;
  const found = new RegExp(words.join("\\s+"), "u").exec(text);
  if (!found) return null;
  const end = found.index + found[0].length;
  return [
    { text: text.slice(0, found.index), isQuoted: false },
    { text: found[0], isQuoted: true },
    { text: text.slice(end), isQuoted: false },
  ].filter((piece) => piece.text !== "");
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
