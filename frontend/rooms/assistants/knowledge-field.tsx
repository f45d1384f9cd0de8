"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { ButtonLink } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { knowledgeBases } from "@/lib/ai/queries";
import type { AssistantFormControl } from "@/rooms/assistants/form";

/** Which knowledge bases an assistant answers from. */
export function KnowledgeField({ form }: { form: AssistantFormControl }) {
  const t = useTranslations("assistants.form");
  const { data: bases, error, refetch } = useQuery(knowledgeBases);
  return (
    <fieldset aria-describedby="knowledge-hint">
      <legend className="text-sm font-semibold">{t("knowledge")}</legend>
      <p id="knowledge-hint" className="mt-1 text-sm text-ink-soft">
        {t("knowledge_hint")}
      </p>
      <div className="mt-3 flex flex-col">
        {!bases && (error ? <RoomProblem error={error} onRetry={refetch} /> : <Skeleton className="h-20" />)}
        {bases?.length === 0 && (
          <div className="flex flex-wrap items-center gap-3">
            <p className="text-ink-soft">{t("no_knowledge")}</p>
            <ButtonLink tone="secondary" size="sm" href="/knowledge/">
              {t("make_knowledge")}
            </ButtonLink>
          </div>
        )}
        {bases?.map(({ id, name, documents }) => (
          <label key={id} className="flex min-h-11 items-center gap-3 border-t border-line first:border-t-0">
            <input
              type="checkbox"
              value={id}
              className="size-5 shrink-0 accent-accent"
              {...form.register("knowledge_base_ids")}
            />
            <span className="min-w-0 flex-1 wrap-anywhere">{name}</span>
            <span className="shrink-0 text-sm text-ink-soft">{t("ready", { count: documents })}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
