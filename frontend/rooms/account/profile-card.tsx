"use client";
import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useForm } from "react-hook-form";
import { useLocale, useTranslations } from "use-intl";
import { maxLength, minLength, object, enum as oneOf, string, trim } from "zod/mini";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { TextField } from "@/components/ui/text-field";
import { api, data, type Schemas } from "@/lib/api/client";
import { me } from "@/lib/api/queries";
import { useProblemText } from "@/lib/api/use-problem-text";
import { LANGUAGE_NAMES, LOCALES, type Locale, localizedPath, neutralPath } from "@/lib/i18n/locales";
import { Outcome } from "@/rooms/account/outcome";

const PROFILE = object({
  full_name: string().check(trim(), minLength(1), maxLength(120)),
  locale: oneOf(LOCALES),
});
type Profile = { full_name: string; locale: Locale };

export function ProfileCard({ user }: { user: Schemas["UserAnswer"] }) {
  const t = useTranslations("account.profile");
  const shown = useLocale();
  const { showAtFields } = useProblemText();
  const client = useQueryClient();
  const [failed, setFailed] = useState<string>();
  const form = useForm<Profile>({
    resolver: zodResolver(PROFILE),
    defaultValues: { full_name: user.full_name, locale: localeOf(user.locale) },
  });
  const save = useMutation({
    mutationFn: (profile: Profile) => data(api.PATCH("/v1/me", { body: profile })),
    onSuccess: (answer, { locale }) => {
      setFailed(undefined);
      client.setQueryData(me.queryKey, answer);
      form.reset({ full_name: answer.user.full_name, locale });
      // Another language is another document.
      if (locale !== shown) {
        window.location.assign(localizedPath(locale, neutralPath(window.location.pathname)));
      }
    },
    onError: (error) => setFailed(showAtFields(error, ["full_name", "locale"], form.setError)),
  });
  const { errors } = form.formState;
  return (
    <Card aria-labelledby="profile">
      <h2 id="profile" className="text-lg font-semibold">
        {t("title")}
      </h2>
      <form
        noValidate
        className="mt-4 flex flex-col gap-4"
        onSubmit={form.handleSubmit((profile) => save.mutate(profile))}
      >
        <TextField
          label={t("full_name")}
          autoComplete="name"
          error={
            errors.full_name &&
            (errors.full_name.type === "server" ? errors.full_name.message : t("full_name_needed"))
          }
          {...form.register("full_name")}
        />
        <div>
          <p className="text-sm font-medium">{t("email")}</p>
          <p className="mt-1.5 flex min-h-11 items-center break-all text-ink-soft">{user.email}</p>
        </div>
        <LanguageField label={t("locale")} hint={t("locale_hint")} register={form.register("locale")} />
        <Outcome done={save.isSuccess ? t("saved") : undefined} failed={failed} />
        <div>
          <Button type="submit" busy={save.isPending}>
            {t("save")}
          </Button>
        </div>
      </form>
    </Card>
  );
}

type FieldProps = { label: string; hint: string; register: object };

function LanguageField({ label, hint, register }: FieldProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <select
        id={id}
        aria-describedby={`${id}-hint`}
        className="h-11 w-full rounded-lg border border-line-strong bg-raised px-3 text-base text-ink"
        {...register}
      >
        {LOCALES.map((locale) => (
          <option key={locale} value={locale} lang={locale}>
            {LANGUAGE_NAMES[locale]}
          </option>
        ))}
      </select>
      <p id={`${id}-hint`} className="text-sm text-ink-soft">
        {hint}
      </p>
    </div>
  );
}

/** The app's language for a BCP 47 tag: `de-AT` is read in `de`. */
function localeOf(tag: string): Locale {
  return LOCALES.find((locale) => tag === locale || tag.startsWith(`${locale}-`)) ?? "en";
}
