"use client";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { useProblemText } from "@/lib/api/use-problem-text";
import { AcceptForm } from "@/rooms/invitation/form";
import { useInvitation, useToken } from "@/rooms/invitation/use-invitation";

/** What the link invites to, and the way in. */
export function InvitationView() {
  const t = useTranslations("invitation");
  const common = useTranslations("common");
  const { textOf } = useProblemText();
  const token = useToken();
  const { look, again } = useInvitation(token);
  if (look.state === "found" && token) {
    const { company, role, needs_account } = look.invited;
    return (
      <>
        <div>
          <Title>{t("join", { company })}</Title>
          <p className="mt-2 text-ink-soft">
            {t("as", { role: t(`roles.${role}`) })} {t(needs_account ? "new" : "known")}
          </p>
        </div>
        <AcceptForm key={`${needs_account}`} token={token} invited={look.invited} onChanged={again} />
      </>
    );
  }
  if (look.state === "waiting")
    return (
      <>
        <Title>{t("title")}</Title>
        <p role="status" className="sr-only">
          {t("loading")}
        </p>
        <Skeleton className="h-12" />
        <Skeleton className="h-72 rounded-xl" />
      </>
    );
  return (
    <>
      <Title>{t("title")}</Title>
      {look.state === "failed" ? (
        <Notice
          live
          tone="warn"
          title={textOf(look.error)}
          actions={
            <Button tone="secondary" size="sm" onClick={again}>
              {common("retry")}
            </Button>
          }
        />
      ) : (
        <Notice live tone="warn" title={t("not_valid")}>
          {t("not_valid_text")}
        </Notice>
      )}
    </>
  );
}

function Title({ children }: { children: ReactNode }) {
  return <h1 className="text-3xl font-semibold tracking-tight wrap-anywhere">{children}</h1>;
}
