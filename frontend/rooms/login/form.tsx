"use client";
import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useForm } from "react-hook-form";
import { useLocale, useTranslations } from "use-intl";
import * as z from "zod/mini";
import { Link } from "@/components/link";
import { Button } from "@/components/ui/button";
import { PasswordField } from "@/components/ui/password-field";
import { TextField } from "@/components/ui/text-field";
import type { Schemas } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { type Locale, localizedPath } from "@/lib/i18n/locales";
import { nextPath } from "@/lib/session/next-path";
import { session } from "@/lib/session/session";
import { useVisitorStatus } from "@/lib/session/use-session";
import { Refusal, type Refused, refusalOf } from "@/rooms/login/refusal";

type Values = { email: string; password: string };
const FIELDS = ["email", "password"] as const;

export function LoginForm() {
  const t = useTranslations("login");
  const problems = useProblemText();
  const schema = useSchema();
  const [refused, setRefused] = useState<Refused>();
  const { register, handleSubmit, setError, formState } = useForm<Values>({
    resolver: zodResolver(schema),
    defaultValues: { email: "", password: "" },
  });
  const { errors, isSubmitting } = formState;
  const { hasEntered } = useEntry();

  const signIn = handleSubmit(async (values) => {
    setRefused(undefined);
    try {
      const body = { ...values, session: "cookie" } satisfies Schemas["LoginRequest"];
      await session().open("/v1/auth/login", body);
    } catch (error) {
      const text = problems.showAtFields(error, FIELDS, setError);
      if (text !== undefined) setRefused(refusalOf(error, text));
    }
  });

  return (
    <>
      <Reason />
      <form noValidate onSubmit={signIn} className="flex flex-col gap-5">
        <Refusal refused={refused} />
        <TextField
          label={t("email")}
          type="email"
          autoComplete="username"
          error={errors.email?.message}
          {...register("email")}
        />
        <PasswordField
          label={t("password")}
          show={t("show")}
          hide={t("hide")}
          autoComplete="current-password"
          error={errors.password?.message}
          {...register("password")}
        />
        <Button type="submit" size="lg" busy={isSubmitting || hasEntered}>
          {t("submit")}
        </Button>
      </form>
      <p className="text-ink-soft">
        {t("new_here")}{" "}
        <Link href="/signup/" className="py-3 font-medium text-accent underline underline-offset-4">
          {t("sign_up")}
        </Link>
      </p>
    </>
  );
}

/** Whoever is signed in, by this form, in another tab or from before, goes on to where they were. */
function useEntry() {
  const status = useVisitorStatus();
  const router = useRouter();
  const locale = useLocale() as Locale;
  const hasEntered = status === "signed-in";
  useEffect(() => {
    if (hasEntered) router.replace(nextPath(window.location.search, localizedPath(locale, "/dashboard/")));
  }, [hasEntered, router, locale]);
  return { hasEntered };
}

/** Why one is here. Its place is kept free, for the address is known only after the first paint. */
function Reason() {
  const t = useTranslations("login");
  const wasSent = useSyncExternalStore(
    () => () => undefined,
    () => new URLSearchParams(window.location.search).has("next"),
    () => false,
  );
  return (
    <p role="status" className="-mt-3 min-h-12 text-ink-soft">
      {wasSent ? t("session_ended") : t("lead")}
    </p>
  );
}

function useSchema() {
  const t = useTranslations("login");
  return useMemo(
    () =>
      z.object({
        email: z.string().check(z.trim(), z.minLength(1, t("email_needed"))),
        password: z.string().check(z.minLength(1, t("password_needed"))),
      }),
    [t],
  );
}
