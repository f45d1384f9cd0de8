"use client";
import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useLocale, useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { PasswordField } from "@/components/ui/password-field";
import { TextField } from "@/components/ui/text-field";
import type { Schemas } from "@/lib/api/client";
import { ProblemError } from "@/lib/api/problem";
import { useProblemText } from "@/lib/api/use-problem-text";
import { type Locale, localizedPath } from "@/lib/i18n/locales";
import { session } from "@/lib/session/session";
import { type AcceptValues, useAcceptSchema } from "@/rooms/invitation/schema";
import type { Invited } from "@/rooms/invitation/use-invitation";
import { Refusal, type Refused, refusalOf } from "@/rooms/login/refusal";
import { PasswordGuidance } from "@/rooms/signup/password-guidance";

type Props = { token: string; invited: Invited; onChanged: () => void };

/** Name and password of a new account, or the password of the one that there is. */
export function AcceptForm({ token, invited, onChanged }: Props) {
  const t = useTranslations("invitation");
  const words = useTranslations("signup");
  const { form, refused, isLeaving, accept } = useAccept(token, invited, onChanged);
  const { register, control, formState } = form;
  const { errors, isSubmitting } = formState;
  const typed = useWatch({ control });
  const isNew = invited.needs_account;
  const about = { full_name: typed.full_name ?? "", email: invited.email, company: invited.company };
  return (
    <form noValidate onSubmit={accept} className="flex flex-col gap-5">
      <Refusal refused={refused} />
      <TextField label={t("email")} type="email" autoComplete="username" value={invited.email} readOnly />
      {isNew && (
        <TextField
          label={t("full_name")}
          autoComplete="name"
          error={errors.full_name?.message}
          {...register("full_name")}
        />
      )}
      <PasswordField
        label={t(isNew ? "password" : "own_password")}
        show={words("show")}
        hide={words("hide")}
        autoComplete={isNew ? "new-password" : "current-password"}
        error={errors.password?.message}
        {...register("password")}
      />
      {isNew && <PasswordGuidance password={typed.password ?? ""} about={about} />}
      <Button type="submit" size="lg" busy={isSubmitting || isLeaving}>
        {t("submit")}
      </Button>
    </form>
  );
}

/** `onChanged` is called where the invitation is not what it was: used meanwhile, or the address has an account now. */
function useAccept(token: string, invited: Invited, onChanged: () => void) {
  const t = useTranslations("invitation");
  const locale = useLocale() as Locale;
  const router = useRouter();
  const problems = useProblemText();
  const [refused, setRefused] = useState<Refused>();
  const [isLeaving, setLeaving] = useState(false);
  const form = useForm<AcceptValues>({
    resolver: zodResolver(useAcceptSchema(invited)),
    defaultValues: { full_name: "", password: "" },
  });
  const accept = form.handleSubmit(async ({ full_name, password }) => {
    setRefused(undefined);
    try {
      const body = {
        token,
        password,
        locale,
        session: "cookie",
        ...(invited.needs_account && { full_name }),
      } satisfies Schemas["InvitationAcceptance"];
      await session().open<Schemas["SignUpAnswer"]>("/v1/auth/invitations/accept", body);
      setLeaving(true);
      // In the place of this address, so that the way back does not lead to a link that is used.
      router.replace(localizedPath(locale, "/dashboard/"));
    } catch (error) {
      const code = error instanceof ProblemError ? error.code : undefined;
      if (code === "invitation_not_valid" || code === "email_taken") return onChanged();
      const text = problems.showAtFields(error, ["full_name", "password"], form.setError);
      if (text !== undefined) setRefused(refusalOf(error, code === "limit_reached" ? t("full") : text));
    }
  });
  return { form, refused, isLeaving, accept };
}
