"use client";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import * as z from "zod/mini";
import { brokenRule, MIN_LENGTH } from "@/lib/password-rules";

const MAX_NAME = 120;
const MAX_PASSWORD = 256;

export type SignupValues = { full_name: string; company: string; email: string; password: string };
export const SIGNUP_FIELDS = ["full_name", "company", "email", "password"] as const;

/** What can be said before the API is asked, in the reader's language. */
export function useSignupSchema() {
  const t = useTranslations("signup.faults");
  return useMemo(() => {
    const name = (needed: string) =>
      z.string().check(
        z.trim(),
        z.minLength(1, needed),
        z.maxLength(MAX_NAME, t("too_long", { max: MAX_NAME })),
        z.refine((text) => !/[<>]/.test(text), t("characters")),
      );
    return z
      .object({
        full_name: name(t("full_name")),
        company: name(t("company")),
        email: z.string().check(
          z.trim(),
          z.refine((text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text), t("email")),
        ),
        password: z.string().check(z.maxLength(MAX_PASSWORD, t("too_long", { max: MAX_PASSWORD }))),
      })
      .check((context) => {
        const broken = brokenRule(context.value.password, context.value);
        if (!broken) return;
        const message = t(`password_${broken}`, { length: MIN_LENGTH });
        context.issues.push({ code: "custom", path: ["password"], message, input: context.value.password });
      });
  }, [t]);
}
