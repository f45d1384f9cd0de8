"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Schemas } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { session } from "@/lib/session/session";
import { Outcome } from "@/rooms/account/outcome";

type Me = Schemas["MeAnswer"];

/** What roles may do, in the order in which it is told. */
const PERMISSIONS = [
  "tenant:read",
  "stack:read",
  "deployment:read",
  "billing:read",
  "conversation:read",
  "knowledge:read",
  "stack:use",
  "conversation:write",
  "assistant:use",
  "knowledge:write",
  "deployment:cancel",
  "deployment:retry",
  "member:manage",
  "assistant:manage",
  "billing:manage",
  "tenant:manage",
] as const;

/** The business the person works in now, what they may do there, and the way to their others. */
export function BusinessCard({ me }: { me: Me }) {
  const t = useTranslations("account.business");
  const known = PERMISSIONS.filter((name) => me.permissions.includes(name));
  return (
    <Card aria-labelledby="business" className="flex flex-col gap-4">
      <h2 id="business" className="text-lg font-semibold">
        {t("title")}
      </h2>
      <dl className="grid gap-4 sm:grid-cols-2">
        <div>
          <dt className="text-sm text-ink-soft">{t("name")}</dt>
          <dd className="font-medium break-words">{me.tenant.name}</dd>
        </div>
        <div>
          <dt className="text-sm text-ink-soft">{t("role")}</dt>
          <dd className="font-medium">{useRoleName()(me.role)}</dd>
        </div>
      </dl>
      <div>
        <h3 className="text-sm text-ink-soft">{t("may")}</h3>
        <ul className="mt-1 grid list-inside list-disc gap-x-6 gap-y-1 marker:text-ink-soft sm:grid-cols-2">
          {known.map((name) => (
            <li key={name}>{t(`permissions.${name}`)}</li>
          ))}
        </ul>
      </div>
      {me.memberships.length > 1 && <Businesses me={me} />}
    </Card>
  );
}

function Businesses({ me }: { me: Me }) {
  const t = useTranslations("account.business");
  const roleName = useRoleName();
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const enter = useMutation({
    mutationFn: (tenantId: string) => session().open("/v1/auth/refresh", { tenant_id: tenantId }),
    // Nothing of one business is shown in another.
    onSuccess: () => client.resetQueries(),
  });
  return (
    <div className="flex flex-col gap-4 border-t border-line pt-4">
      <h3 className="font-semibold">{t("switch_title")}</h3>
      <ul className="flex flex-col">
        {me.memberships.map(({ tenant, role }) => (
          <li key={tenant.id} className="flex min-h-14 flex-wrap items-center justify-between gap-3 py-2">
            <div className="min-w-0">
              <p className="font-medium break-words">{tenant.name}</p>
              <p className="text-sm text-ink-soft">{roleName(role)}</p>
            </div>
            {tenant.id === me.tenant.id ? (
              <Badge tone="good">{t("here")}</Badge>
            ) : (
              <Button
                tone="secondary"
                size="sm"
                aria-label={t("switch_label", { name: tenant.name })}
                busy={enter.isPending && enter.variables === tenant.id}
                onClick={() => enter.mutate(tenant.id)}
              >
                {t("switch")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Outcome failed={enter.error ? textOf(enter.error) : undefined} />
    </div>
  );
}

/** A role for people; one that is newer than this page by its key. */
function useRoleName(): (role: string) => string {
  const t = useTranslations("account.business.roles");
  return (role) => (t.has(role as "owner") ? t(role as "owner") : role);
}
