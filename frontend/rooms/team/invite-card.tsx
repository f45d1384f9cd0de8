"use client";
import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useForm } from "react-hook-form";
import { useTranslations } from "use-intl";
import { object, enum as oneOf, refine, string, trim } from "zod/mini";
import { Button, ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { TextField } from "@/components/ui/text-field";
import { api, data, type Schemas } from "@/lib/api/client";
import { ProblemError } from "@/lib/api/problem";
import { useProblemText } from "@/lib/api/use-problem-text";
import { seats } from "@/lib/team/queries";
import { Outcome } from "@/rooms/account/outcome";
import { INVITED_ROLES } from "@/rooms/team/rules";

type Invitation = Schemas["InvitationRequest"];
const INVITATION = object({
  email: string().check(
    trim(),
    refine((text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)),
  ),
  role: oneOf(INVITED_ROLES),
});

/** Sends somebody a link; says so beforehand where the plan is full. */
export function InviteCard() {
  const t = useTranslations("team.invite");
  const { showAtFields } = useProblemText();
  const client = useQueryClient();
  const [failed, setFailed] = useState<string>();
  const { data: places } = useQuery(seats);
  const form = useForm<Invitation>({
    resolver: zodResolver(INVITATION),
    defaultValues: { email: "", role: "member" },
  });
  const invite = useMutation({
    mutationFn: (body: Invitation) => data(api.POST("/v1/members/invitations", { body })),
    onMutate: () => setFailed(undefined),
    onSuccess: (_, { role }) => form.reset({ email: "", role }),
    onError: (error) => {
      // What the refusal says stands below, and longer, as soon as the places are read anew.
      const isFull = error instanceof ProblemError && error.code === "limit_reached";
      setFailed(isFull ? t("full") : showAtFields(error, ["email", "role"], form.setError));
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["team"] }),
  });
  const isFull =
    places !== undefined && places.limit !== null && places.members + places.invitations >= places.limit;
  const { email } = form.formState.errors;
  return (
    <Card aria-labelledby="invite">
      <h2 id="invite" className="text-lg font-semibold">
        {t("title")}
      </h2>
      <p className="mt-1 text-ink-soft">{t("text")}</p>
      <form
        noValidate
        className="mt-4 flex flex-col gap-4"
        onSubmit={form.handleSubmit((body) => invite.mutate(body))}
      >
        <TextField
          label={t("email")}
          type="email"
          autoComplete="off"
          error={email && (email.type === "server" ? email.message : t("email_fault"))}
          {...form.register("email")}
        />
        <RoleChoice register={form.register("role")} />
        <Outcome
          done={invite.isSuccess ? t("sent", { email: invite.variables.email }) : undefined}
          failed={failed}
        />
        {isFull && (
          <Notice
            tone="warn"
            title={t("full")}
            actions={
              <ButtonLink href="/plans/" tone="secondary" size="sm">
                {t("plans")}
              </ButtonLink>
            }
          >
            {t("full_text")}
          </Notice>
        )}
        <div>
          <Button type="submit" busy={invite.isPending}>
            {t("submit")}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function RoleChoice({ register }: { register: object }) {
  const t = useTranslations("team");
  const id = useId();
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1.5 text-sm font-medium">{t("invite.role")}</legend>
      {INVITED_ROLES.map((role) => (
        <label key={role} htmlFor={`${id}-${role}`} className="flex min-h-11 items-start gap-3 py-1">
          <input
            id={`${id}-${role}`}
            type="radio"
            value={role}
            className="mt-1 size-4 shrink-0 accent-accent"
            {...register}
          />
          <span>
            <span className="block font-medium">{t(`roles.${role}`)}</span>
            <span className="block text-sm text-ink-soft">{t(`role_hints.${role}`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
