"use client";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Card } from "@/components/ui/card";
import { knowledgeBases } from "@/lib/ai/queries";
import type { Assistant } from "@/lib/ai/types";

/** What an assistant is, for who may not change it. */
export function Look({ assistant: { current } }: { assistant: Assistant }) {
  const t = useTranslations("assistants.look");
  const form = useTranslations("assistants.form");
  const { data: bases = [] } = useQuery(knowledgeBases);
  const known = bases.filter(({ id }) => current.knowledge_base_ids.includes(id));
  return (
    <Card>
      <dl className="flex flex-col gap-5">
        <Fact name={t("instructions")}>
          <p dir="auto" className="whitespace-pre-wrap wrap-anywhere">
            {current.instructions || t("none")}
          </p>
        </Fact>
        <Fact name={t("tone")}>{form(`tones.${current.tone}`)}</Fact>
        <Fact name={t("knowledge")}>{known.map(({ name }) => name).join(", ") || t("none")}</Fact>
        <Fact name={t("model")}>
          {current.model ?? t("usual")}
          {current.redacts && <p className="text-sm text-ink-soft">{t("redacts")}</p>}
        </Fact>
        {current.example_questions.length > 0 && (
          <Fact name={t("examples")}>
            <ul className="list-disc ps-5">
              {current.example_questions.map((question) => (
                <li key={question}>{question}</li>
              ))}
            </ul>
          </Fact>
        )}
      </dl>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-ink-soft">{name}</dt>
      <dd className="mt-0.5 wrap-anywhere">{children}</dd>
    </div>
  );
}
