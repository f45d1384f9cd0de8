"use client";
import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useTranslations } from "use-intl";
import { maxLength, minLength, object, refine, string } from "zod/mini";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { PasswordField } from "@/components/ui/password-field";
import { api, data, type Schemas } from "@/lib/api/client";
import { sessions } from "@/lib/api/queries";
import { useProblemText } from "@/lib/api/use-problem-text";
import { MIN_LENGTH } from "@/lib/password-rules";
import { Outcome } from "@/rooms/account/outcome";

type Change = Schemas["PasswordChange"];
const CHANGE = object({
  current_password: string().check(minLength(1), maxLength(256)),
  new_password: string().check(minLength(MIN_LENGTH), maxLength(256)),
}).check(
  refine((change) => change.new_password !== change.current_password, {
    path: ["new_password"],
    error: "same",
  }),
);

/** `email` tells a password manager whose password this is. */
export function PasswordCard({ email }: { email: string }) {
  const t = useTranslations("account.password");
  const { showAtFields } = useProblemText();
  const client = useQueryClient();
  const [failed, setFailed] = useState<string>();
  const form = useForm<Change>({
    resolver: zodResolver(CHANGE),
    defaultValues: { current_password: "", new_password: "" },
  });
  const save = useMutation({
    mutationFn: (change: Change) => data(api.POST("/v1/me/password", { body: change })),
    onSuccess: () => {
      setFailed(undefined);
      form.reset();
      void client.invalidateQueries(sessions);
    },
    onError: (error) => setFailed(showAtFields(error, ["current_password", "new_password"], form.setError)),
  });
  const { current_password: current, new_password: next } = form.formState.errors;
  const look = { show: t("show"), hide: t("hide") };
  return (
    <Card aria-labelledby="password">
      <h2 id="password" className="text-lg font-semibold">
        {t("title")}
      </h2>
      <form
        noValidate
        className="mt-4 flex flex-col gap-4"
        onSubmit={form.handleSubmit((change) => save.mutate(change))}
      >
        <input type="text" autoComplete="username" value={email} readOnly hidden />
        <PasswordField
          {...look}
          label={t("current")}
          autoComplete="current-password"
          error={current && (current.type === "server" ? current.message : t("current_needed"))}
          {...form.register("current_password")}
        />
        <PasswordField
          {...look}
          label={t("new")}
          autoComplete="new-password"
          hint={t("new_hint", { length: MIN_LENGTH })}
          error={
            next &&
            (next.type === "server" ? next.message : t(next.message === "same" ? "same" : "new_short"))
          }
          {...form.register("new_password")}
        />
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
