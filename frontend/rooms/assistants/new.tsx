"use client";
/** A new assistant: a template of one's industry, or none, and then the form. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { Suspense, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { Forbidden } from "@/components/forbidden";
import { Link } from "@/components/link";
import { RoomProblem } from "@/components/room-problem";
import { Card } from "@/components/ui/card";
import { Icon } from "@/components/ui/icon";
import { Skeleton } from "@/components/ui/skeleton";
import { assistants, knowledgeBases, templates } from "@/lib/ai/queries";
import { useRights } from "@/lib/ai/rights";
import type { NewAssistant, Template } from "@/lib/ai/types";
import { api, data } from "@/lib/api/client";
import { type Locale, localizedPath } from "@/lib/i18n/locales";
import { AssistantForm } from "@/rooms/assistants/form";
import { EMPTY, valuesFrom } from "@/rooms/assistants/values";

const NONE = "empty";

export function NewAssistantRoom() {
  return (
    <Suspense fallback={<Waiting />}>
      <Entered />
    </Suspense>
  );
}

function Entered() {
  const rights = useRights();
  const locale = useLocale() as Locale;
  const chosen = useSearchParams().get("template");
  const {
    data: all,
    error,
    refetch,
  } = useQuery({
    ...templates(locale),
    enabled: rights?.mayManage ?? false,
  });
  if (rights && !rights.mayManage) return <Forbidden />;
  if (chosen === NONE) return <Form template={undefined} />;
  if (!all) return error ? <RoomProblem error={error} onRetry={refetch} /> : <Waiting />;
  const template = all.find(({ id }) => id === chosen);
  return template ? <Form template={template} /> : <Choice all={all} />;
}

function Choice({ all }: { all: readonly Template[] }) {
  const t = useTranslations("assistants.begin");
  return (
    <div className="flex flex-col gap-6">
      <div>
        <h1 className="text-3xl font-semibold tracking-tight">{t("title")}</h1>
        <p className="mt-1 text-ink-soft">{t("description")}</p>
      </div>
      <ul aria-label={t("templates")} className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {all.map(({ id, name, description }) => (
          <Tile key={id} id={id} name={name} description={description} />
        ))}
        <Tile id={NONE} name={t("empty")} description={t("empty_text")} />
      </ul>
    </div>
  );
}

function Tile({ id, name, description }: { id: string; name: string; description: string }) {
  return (
    <li className="relative flex flex-col gap-1 rounded-xl border border-line bg-raised p-5 shadow-card hover:border-accent">
      <h2 className="font-semibold">
        <Link
          href={`/assistants/new/?template=${id}`}
          className="after:absolute after:inset-0 after:rounded-xl"
        >
          {name}
        </Link>
      </h2>
      <p className="text-sm text-ink-soft">{description}</p>
    </li>
  );
}

function Form({ template }: { template: Template | undefined }) {
  const t = useTranslations("assistants");
  const client = useQueryClient();
  const router = useRouter();
  const locale = useLocale() as Locale;
  const { data: bases, error } = useQuery(knowledgeBases);
  // As it was when the form was opened: what comes later must not undo what is written.
  const [known, setKnown] = useState<readonly string[]>();
  if (known === undefined && (bases || error)) setKnown(bases?.map(({ id }) => id) ?? []);
  const save = async (body: NewAssistant) => {
    const { id } = await data(api.POST("/v1/assistants", { body }));
    void client.invalidateQueries({ queryKey: assistants.queryKey, exact: true });
    router.replace(localizedPath(locale, `/assistants/one/?id=${id}`));
  };
  return (
    <div className="flex flex-col gap-6">
      <div>
        <Link
          href="/assistants/new/"
          className="-ms-2 inline-flex items-center gap-1 rounded-lg px-2 py-2 text-sm font-medium text-accent hover:bg-accent-soft"
        >
          <Icon name="back" className="size-4 rtl:-scale-x-100" />
          {t("begin.another")}
        </Link>
        <h1 className="mt-1 text-3xl font-semibold tracking-tight">{t("begin.title")}</h1>
        {template && <p className="mt-1 text-ink-soft">{t("begin.from", { name: template.name })}</p>}
      </div>
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
        {known ? (
          <AssistantForm
            isNew
            // Where there is one only, it is the one that is meant.
            initial={{
              ...(template ? valuesFrom(template) : EMPTY),
              knowledge_base_ids: known.length === 1 ? [...known] : [],
            }}
            onSave={save}
          />
        ) : (
          <Skeleton className="h-96 rounded-xl" />
        )}
        <div className="flex flex-col gap-6">
          {template && <Documents template={template} />}
          <Card>
            <h2 className="font-semibold">{t("try.title")}</h2>
            <p className="mt-1 text-sm text-ink-soft">{t("try.first")}</p>
          </Card>
        </div>
      </div>
    </div>
  );
}

/** What its industry's assistants are asked about most. */
function Documents({ template: { documents } }: { template: Template }) {
  const t = useTranslations("assistants.begin");
  return (
    <Card>
      <h2 className="font-semibold">{t("documents")}</h2>
      <ul className="mt-2 flex flex-col gap-3">
        {documents.map(({ name, content }) => (
          <li key={name} className="flex gap-2.5">
            <Icon name="file" className="mt-0.5 text-ink-soft" />
            <div className="min-w-0">
              <p className="text-sm font-medium">{name}</p>
              <p className="text-sm text-ink-soft">{content}</p>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Waiting() {
  return (
    <div className="flex flex-col gap-6">
      <Skeleton className="h-9 w-72" />
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {["one", "two", "three", "four", "five", "six"].map((each) => (
          <Skeleton key={each} className="h-28 rounded-xl" />
        ))}
      </div>
    </div>
  );
}
