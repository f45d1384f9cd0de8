"use client";
import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useLocale, useTranslations } from "use-intl";
import { Link } from "@/components/link";
import { Button, ButtonLink } from "@/components/ui/button";
import { PasswordField } from "@/components/ui/password-field";
import { TextField } from "@/components/ui/text-field";
import type { Schemas } from "@/lib/api/client";
import { ProblemError } from "@/lib/api/problem";
import { useProblemText } from "@/lib/api/use-problem-text";
import { type Locale, localizedPath } from "@/lib/i18n/locales";
import { session } from "@/lib/session/session";
import { useVisitorStatus } from "@/lib/session/use-session";
import { Refusal, type Refused, refusalOf } from "@/rooms/login/refusal";
import { PasswordGuidance } from "@/rooms/signup/password-guidance";
import { SIGNUP_FIELDS, type SignupValues, useSignupSchema } from "@/rooms/signup/schema";

const EMPTY: SignupValues = { full_name: "", company: "", email: "", password: "" };

export function SignupForm() {
  const t = useTranslations("signup");
  const { form, refused, isTaken, isLeaving, signUp } = useSignup();
  const { register, control, formState } = form;
  const { errors, isSubmitting } = formState;
  const typed = { ...EMPTY, ...useWatch({ control }) };
  return (
    <form noValidate onSubmit={signUp} className="flex flex-col gap-5">
      <Refusal
        refused={refused}
        actions={
          isTaken && (
            <ButtonLink href="/login/" tone="secondary" size="sm">
              {t("sign_in")}
            </ButtonLink>
          )
        }
      />
      <TextField
        label={t("full_name")}
        autoComplete="name"
        error={errors.full_name?.message}
        {...register("full_name")}
      />
      <TextField
        label={t("company")}
        autoComplete="organization"
        hint={t("company_hint")}
        error={errors.company?.message}
        {...register("company")}
      />
      <TextField
        label={t("email")}
        type="email"
        autoComplete="email"
        error={errors.email?.message}
        {...register("email")}
      />
      <PasswordField
        label={t("password")}
        show={t("show")}
        hide={t("hide")}
        autoComplete="new-password"
        error={errors.password?.message}
        {...register("password")}
      />
      <PasswordGuidance password={typed.password} about={typed} />
      <Button type="submit" size="lg" busy={isSubmitting || isLeaving}>
        {t("submit")}
      </Button>
      <p className="text-ink-soft">
        {t("known_here")}{" "}
        <Link href="/login/" className="py-3 font-medium text-accent underline underline-offset-4">
          {t("sign_in")}
        </Link>
      </p>
    </form>
  );
}

function useSignup() {
  const locale = useLocale() as Locale;
  const router = useRouter();
  const problems = useProblemText();
  const status = useVisitorStatus();
  const [refused, setRefused] = useState<Refused>();
  const [isTaken, setTaken] = useState(false);
  // Set before the session opens: a new account goes to its stack, one who was signed in before to the overview.
  const isNew = useRef(false);
  const form = useForm<SignupValues>({
    resolver: zodResolver(useSignupSchema()),
    defaultValues: EMPTY,
  });

  useEffect(() => {
    if (status !== "signed-in") return;
    router.replace(localizedPath(locale, isNew.current ? "/onboarding/" : "/dashboard/"));
  }, [status, router, locale]);

  const signUp = form.handleSubmit(async (values) => {
    setRefused(undefined);
    setTaken(false);
    isNew.current = true;
    try {
      const body = {
        ...values,
        ...wantedPlan(),
        locale,
        session: "cookie",
      } satisfies Schemas["SignUpRequest"];
      await session().open<Schemas["SignUpAnswer"]>("/v1/auth/signup", body);
    } catch (error) {
      isNew.current = false;
      const taken = error instanceof ProblemError && error.code === "email_taken";
      const text = problems.showAtFields(error, SIGNUP_FIELDS, form.setError);
      setTaken(taken);
      if (taken || text !== undefined) setRefused(refusalOf(error, text ?? problems.textOf(error)));
    }
  });
  return { form, refused, isTaken, isLeaving: status === "signed-in", signUp };
}

/** The plan that was chosen on the page of plans. */
function wantedPlan(): { plan?: string } {
  const plan = new URLSearchParams(window.location.search).get("plan") ?? "";
  return /^[a-z0-9_]{1,40}$/.test(plan) ? { plan } : {};
}
