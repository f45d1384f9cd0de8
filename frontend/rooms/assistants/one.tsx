"use client";
/** One assistant: set up and tried out, its versions, how good it is, and its place on the website. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { type ReactNode, Suspense, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { Link } from "@/components/link";
import { LinkRow } from "@/components/link-row";
import { RoomProblem } from "@/components/room-problem";
import { Button, ButtonLink } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { Icon } from "@/components/ui/icon";
import { Skeleton } from "@/components/ui/skeleton";
import { assistant, assistants, versions } from "@/lib/ai/queries";
import { type Rights, useRights } from "@/lib/ai/rights";
import type { Assistant, NewAssistant } from "@/lib/ai/types";
import { api, data } from "@/lib/api/client";
import { ProblemError } from "@/lib/api/problem";
import { useProblemText } from "@/lib/api/use-problem-text";
import { type Locale, localizedPath } from "@/lib/i18n/locales";
import { Outcome } from "@/rooms/account/outcome";
import { AssistantForm } from "@/rooms/assistants/form";
import { Look } from "@/rooms/assistants/look";
import { Quality } from "@/rooms/assistants/quality";
import { TryOut } from "@/rooms/assistants/try-out";
import { valuesOf } from "@/rooms/assistants/values";
import { Versions } from "@/rooms/assistants/versions";
import { Website } from "@/rooms/assistants/website";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PARTS = ["set_up", "versions", "quality", "website"] as const;
type Part = (typeof PARTS)[number];

export function AssistantRoom() {
  return (
    <Suspense fallback={<Waiting />}>
      <Chosen />
    </Suspense>
  );
}

function Chosen() {
  const asked = useSearchParams();
  const id = asked.get("id") ?? "";
  const part = PARTS.find((each) => each === asked.get("part")) ?? "set_up";
  return ID.test(id) ? <One key={id} id={id} part={part} /> : <Gone />;
}

function One({ id, part }: { id: string; part: Part }) {
  const rights = useRights();
  const { data: found, error, refetch } = useQuery(assistant(id));
  if (error instanceof ProblemError && error.status === 404) return <Gone />;
  if (!found || !rights) return error ? <RoomProblem error={error} onRetry={refetch} /> : <Waiting />;
  return (
    <div className="flex flex-col gap-6">
      <Head assistant={found} rights={rights} />
      {rights.mayManage ? <Managed assistant={found} part={part} /> : <Look assistant={found} />}
    </div>
  );
}

function Head({ assistant: { id, name, current }, rights }: { assistant: Assistant; rights: Rights }) {
  const t = useTranslations("assistants.one");
  return (
    <div>
      <Link
        href="/assistants/"
        className="-ms-2 inline-flex items-center gap-1 rounded-lg px-2 py-2 text-sm font-medium text-accent hover:bg-accent-soft"
      >
        <Icon name="back" className="size-4 rtl:-scale-x-100" />
        {t("back")}
      </Link>
      <div className="mt-1 flex flex-wrap items-start justify-between gap-4">
        <div className="min-w-0">
          <h1 className="text-3xl font-semibold tracking-tight wrap-anywhere">{name}</h1>
          <p className="mt-1 text-ink-soft">{t("answers", { number: current.number })}</p>
        </div>
        <div className="flex flex-wrap gap-2">
          {rights.mayAsk && (
            <ButtonLink size="sm" href={`/ask/?assistant=${id}`}>
              {t("ask")}
            </ButtonLink>
          )}
          {rights.mayManage && <Delete id={id} name={name} />}
        </div>
      </div>
    </div>
  );
}

function Managed({ assistant: found, part }: { assistant: Assistant; part: Part }) {
  const t = useTranslations("assistants.one");
  const { id } = found;
  const shown: Record<Part, ReactNode> = {
    set_up: <SetUp assistant={found} />,
    versions: <Versions assistant={found} />,
    quality: <Quality assistant={found} />,
    website: <Website assistant={found} />,
  };
  return (
    <>
      <LinkRow label={t("parts")} present={part} className="overflow-x-auto border-b border-line">
        <ul className="flex gap-1">
          {PARTS.map((each) => (
            <li key={each}>
              <Link
                href={`/assistants/one/?id=${id}${each === "set_up" ? "" : `&part=${each}`}`}
                scroll={false}
                aria-current={each === part ? "page" : undefined}
                className="block border-b-2 border-transparent px-3 py-3 font-medium whitespace-nowrap text-ink-soft hover:text-ink aria-[current]:border-accent aria-[current]:text-ink"
              >
                {t(each)}
              </Link>
            </li>
          ))}
        </ul>
      </LinkRow>
      {shown[part]}
    </>
  );
}

function SetUp({ assistant: found }: { assistant: Assistant }) {
  const t = useTranslations("assistants.form");
  const client = useQueryClient();
  const [isDirty, setDirty] = useState(false);
  const { id, current } = found;
  const save = async (body: NewAssistant) => {
    const params = { path: { assistant_id: id } };
    client.setQueryData(
      assistant(id).queryKey,
      await data(api.PUT("/v1/assistants/{assistant_id}", { params, body })),
    );
    void client.invalidateQueries({ queryKey: assistants.queryKey, exact: true });
    void client.invalidateQueries(versions(id));
  };
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_26rem]">
      <AssistantForm
        initial={valuesOf(found)}
        onSave={save}
        done={t("saved", { number: current.number })}
        onDirty={setDirty}
      />
      <TryOut assistant={found} isChanged={isDirty} />
    </div>
  );
}

function Delete({ id, name }: { id: string; name: string }) {
  const t = useTranslations("assistants.one");
  const common = useTranslations("common");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const router = useRouter();
  const locale = useLocale() as Locale;
  const remove = useMutation({
    mutationFn: () =>
      data(api.DELETE("/v1/assistants/{assistant_id}", { params: { path: { assistant_id: id } } })),
    onSuccess: () => {
      router.push(localizedPath(locale, "/assistants/"));
      return client.invalidateQueries({ queryKey: assistants.queryKey, exact: true });
    },
  });
  return (
    <>
      <ConfirmDialog
        trigger={
          <Button tone="danger" size="sm">
            {t("delete")}
          </Button>
        }
        title={t("delete_title", { name })}
        confirm={t("delete")}
        dismiss={common("cancel")}
        onConfirm={() => remove.mutateAsync().catch(() => undefined)}
      >
        {t("delete_text")}
      </ConfirmDialog>
      <Outcome failed={remove.error ? textOf(remove.error) : undefined} />
    </>
  );
}

function Gone() {
  const t = useTranslations("assistants.one.gone");
  return (
    <div className="flex flex-col items-center gap-2 py-14 text-center">
      <h1 className="text-xl font-semibold">{t("title")}</h1>
      <p className="text-ink-soft">{t("text")}</p>
      <ButtonLink tone="secondary" href="/assistants/" className="mt-3">
        {t("back")}
      </ButtonLink>
    </div>
  );
}

function Waiting() {
  return (
    <div className="flex flex-col gap-6">
      <Skeleton className="h-9 w-72" />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_26rem]">
        <Skeleton className="h-96 rounded-xl" />
        <Skeleton className="h-80 rounded-xl" />
      </div>
    </div>
  );
}
