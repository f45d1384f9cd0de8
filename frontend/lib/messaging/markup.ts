/** The light markup of messages, as a tree: what is not understood stays as it was written. */

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "bold" | "italic" | "strike"; inner: Inline[] }
  | { kind: "link"; href: string; text: string }
  | { kind: "mention"; user: string };
export type Block =
  | { kind: "lines"; lines: Inline[][] }
  | { kind: "quote"; lines: Inline[][] }
  | { kind: "list"; lines: Inline[][] }
  | { kind: "code"; text: string };

const FENCE = /^```[^\n]*\n([\s\S]*?)\n?```[ \t]*$/gm;
const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "\\*\\*(?<bold>[^\\s*](?:[^\\n]*?[^\\s*])?)\\*\\*",
    "(?<![\\p{L}\\p{N}_*])\\*(?<star>[^\\s*](?:[^*\\n]*[^\\s*])?)\\*(?![\\p{L}\\p{N}*])",
    "(?<![\\p{L}\\p{N}_])_(?<line>[^\\s_](?:[^_\\n]*[^\\s_])?)_(?![\\p{L}\\p{N}_])",
    "~~(?<strike>[^\\s~](?:[^~\\n]*[^\\s~])?)~~",
    "<@(?<user>all|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})>",
    '(?<link>https?://[^\\s<>"]*[^\\s<>".,;:!?)\\]\'])',
  ].join("|"),
  "gu",
);

export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  for (const fence of text.matchAll(FENCE)) {
    blocks.push(...paragraphs(text.slice(at, fence.index)));
    blocks.push({ kind: "code", text: fence[1] ?? "" });
    at = fence.index + fence[0].length;
  }
  blocks.push(...paragraphs(text.slice(at)));
  return blocks;
}

const STARTS = [
  { kind: "quote", start: /^> ?/ },
  { kind: "list", start: /^[-*] +/ },
] as const;

function paragraphs(text: string): Block[] {
  const blocks: Exclude<Block, { kind: "code" }>[] = [];
  const trimmed = text.replace(/^\n+|\s+$/g, "");
  if (trimmed === "") return blocks;
  for (const line of trimmed.split("\n")) {
    const found = STARTS.find(({ start }) => start.test(line));
    const kind = found?.kind ?? "lines";
    const content = inlinesOf(found ? line.replace(found.start, "") : line);
    const last = blocks.at(-1);
    if (last?.kind === kind) last.lines.push(content);
    else blocks.push({ kind, lines: [content] });
  }
  return blocks;
}

export function inlinesOf(text: string): Inline[] {
  const found: Inline[] = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) found.push({ kind: "text", text: text.slice(at, match.index) });
    found.push(inlineOf(match.groups ?? {}));
    at = match.index + match[0].length;
  }
  if (at < text.length) found.push({ kind: "text", text: text.slice(at) });
  return found;
}

function inlineOf(groups: Record<string, string | undefined>): Inline {
  const { code, bold, star, line, strike, user, link } = groups;
  if (code !== undefined) return { kind: "code", text: code };
  if (bold !== undefined) return { kind: "bold", inner: inlinesOf(bold) };
  if (strike !== undefined) return { kind: "strike", inner: inlinesOf(strike) };
  if (user !== undefined) return { kind: "mention", user: user.toLowerCase() };
  if (link !== undefined) return { kind: "link", href: link, text: link };
  return { kind: "italic", inner: inlinesOf(star ?? line ?? "") };
}

type Named = { user_id: string; full_name: string };

/** In one line without markup, for lists and announcements. */
export function plainText(text: string, nameOf: (user: string) => string): string {
  return blocksOf(text)
    .map((block) =>
      block.kind === "code" ? block.text : block.lines.map((line) => flat(line, nameOf)).join(" "),
    )
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
}

function flat(line: readonly Inline[], nameOf: (user: string) => string): string {
  return line
    .map((each) => {
      if (each.kind === "mention") return `@${nameOf(each.user)}`;
      return "inner" in each ? flat(each.inner, nameOf) : each.text;
    })
    .join("");
}

/** `@Ada Lovelace` becomes the token that the server knows; the longest name first, so that none hides another. */
export function withTokens(text: string, people: readonly Named[], everyone: string): string {
  const named = [
    ...people.map(({ user_id, full_name }) => [full_name, user_id] as const),
    [everyone, "all"] as const,
  ];
  return named
    .sort(([one], [other]) => other.length - one.length)
    .reduce(
      (written, [name, id]) =>
        name === ""
          ? written
          : written.replace(
              new RegExp(`(?<![\\p{L}\\p{N}])@${escaped(name)}(?![\\p{L}\\p{N}])`, "gu"),
              `<@${id}>`,
            ),
      text,
    );
}

/** The other way round, for who goes on writing. */
export function withNames(text: string, nameOf: (user: string) => string): string {
  return text.replace(/<@(all|[0-9a-fA-F-]{36})>/g, (_, user: string) => `@${nameOf(user.toLowerCase())}`);
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
