"use client";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import * as z from "zod/mini";
import { brokenRule, MIN_LENGTH } from "@/lib/password-rules";
import type { Invited } from "@/rooms/invitation/use-invitation";

const MAX_NAME = 120;
const MAX_PASSWORD = 256;

export type AcceptValues = { full_name: string; password: string };

/** What can be said before the API is asked. An account that there is has its password already, and its name. */
export function useAcceptSchema({ needs_account, email, company }: Invited) {
  const t = useTranslations("signup.faults");
  const own = useTranslations("invitation");
  return useMemo(() => {
    const known = z.object({
      full_name: z.string(),
      password: z.string().check(z.minLength(1, own("password_needed"))),
    });
    if (!needs_account) return known;
    return z
      .object({
        full_name: z.string().check(
          z.trim(),
          z.minLength(1, t("full_name")),
          z.maxLength(MAX_NAME, t("too_long", { max: MAX_NAME })),
          z.refine((text) => !/[<>]/.test(text), t("characters")),
        ),
        password: z.string().check(z.maxLength(MAX_PASSWORD, t("too_long", { max: MAX_PASSWORD }))),
      })
      .check((context) => {
        const { password, full_name } = context.value;
        const broken = brokenRule(password, { full_name, email, company });
        if (!broken) return;
        const message = t(`password_${broken}`, { length: MIN_LENGTH });
        context.issues.push({ code: "custom", path: ["password"], message, input: password });
      });
  }, [t, own, needs_account, email, company]);
}
