"use client";
import { useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import { changedFields, type Field, listChanges, type Piece, wordChanges } from "@/lib/ai/compare";
import { knowledgeBases } from "@/lib/ai/queries";
import type { Version } from "@/lib/ai/types";

type Props = { before: Version; after: Version };

/** What became of each field that is not the same. */
export function Differences({ before, after }: Props) {
  const t = useTranslations("assistants.versions");
  const changed = changedFields(before, after);
  if (changed.length === 0) return <p className="text-ink-soft">{t("no_difference")}</p>;
  return (
    <dl aria-live="polite" className="flex flex-col gap-4">
      {changed.map((field) => (
        <div key={field}>
          <dt className="text-sm font-semibold first-letter:uppercase">{t(`fields.${field}`)}</dt>
          <dd className="mt-1 wrap-anywhere">
            <Difference field={field} before={before} after={after} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Difference({ field, before, after }: Props & { field: Field }) {
  const t = useTranslations("assistants");
  const format = useFormatter();
  const { data: bases = [] } = useQuery(knowledgeBases);
  const fromTo = (old: string, young: string) => t("versions.from_to", { before: old, after: young });
  switch (field) {
    case "instructions":
      return <Words pieces={wordChanges(before.instructions, after.instructions)} />;
    case "tone":
      return fromTo(t(`form.tones.${before.tone}`), t(`form.tones.${after.tone}`));
    case "model":
      return fromTo(before.model ?? t("versions.usual"), after.model ?? t("versions.usual"));
    case "redacts":
      return fromTo(
        t(before.redacts ? "versions.yes" : "versions.no"),
        t(after.redacts ? "versions.yes" : "versions.no"),
      );
    case "most_tokens":
    case "memory_tokens":
      return fromTo(format.number(before[field]), format.number(after[field]));
    case "knowledge_base_ids": {
      const nameOf = (id: string) => bases.find((base) => base.id === id)?.name ?? t("versions.unknown_base");
      return <Lists before={before[field].map(nameOf)} after={after[field].map(nameOf)} />;
    }
    case "example_questions":
      return <Lists before={before[field]} after={after[field]} />;
  }
}

const LOOKS = {
  same: "",
  added: "rounded bg-good-soft text-good no-underline",
  removed: "rounded bg-bad-soft text-bad",
};

/** By colour, by a line through what went, and by elements that say it to whoever sees neither. */
function Words({ pieces }: { pieces: readonly Piece[] }) {
  return (
    <p dir="auto" className="rounded-lg border border-line p-3 text-sm leading-6 whitespace-pre-wrap">
      {pieces.map(({ kind, text }, index) => {
        const Element = kind === "added" ? "ins" : kind === "removed" ? "del" : "span";
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a comparison is shown anew as a whole
          <Element key={index} className={LOOKS[kind]}>
            {text}
          </Element>
        );
      })}
    </p>
  );
}

function Lists({ before, after }: { before: readonly string[]; after: readonly string[] }) {
  const t = useTranslations("assistants.versions");
  const changes = listChanges(before, after);
  const lines = (["removed", "added"] as const).flatMap((kind) =>
    changes[kind].map((text) => ({ kind, text })),
  );
  return (
    <ul className="flex flex-col gap-1 text-sm">
      {lines.map(({ kind, text }) => (
        <li key={`${kind} ${text}`} className="flex gap-2">
          <span className={classNames("shrink-0 px-1.5 text-xs leading-6 font-semibold", LOOKS[kind])}>
            {t(kind)}
          </span>
          <span className="min-w-0">{text}</span>
        </li>
      ))}
    </ul>
  );
}
