"use client";
import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { useTranslations } from "use-intl";
import { maxLength, minLength, object, refine, string } from "zod/mini";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { TextField } from "@/components/ui/text-field";
import { api, data, type Schemas } from "@/lib/api/client";
import { sessions } from "@/lib/api/queries";
import { useProblemText } from "@/lib/api/use-problem-text";
import { Outcome } from "@/rooms/account/outcome";

type Change = Schemas["PasswordChange"];
const SHORTEST = 10;
const CHANGE = object({
  current_password: string().check(minLength(1), maxLength(256)),
  new_password: string().check(minLength(SHORTEST), maxLength(256)),
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
  const [visible, setVisible] = useState(false);
  const form = useForm<Change>({
    resolver: zodResolver(CHANGE),
    defaultValues: { current_password: "", new_password: "" },
  });
  const save = useMutation({
    mutationFn: (change: Change) => data(api.POST("/v1/me/password", { body: change })),
    onSuccess: () => {
      setFailed(undefined);
      setVisible(false);
      form.reset();
      void client.invalidateQueries(sessions);
    },
    onError: (error) => setFailed(showAtFields(error, ["current_password", "new_password"], form.setError)),
  });
  const { current_password: current, new_password: next } = form.formState.errors;
  const type = visible ? "text" : "password";
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
        <TextField
          label={t("current")}
          type={type}
          autoComplete="current-password"
          error={current && (current.type === "server" ? current.message : t("current_needed"))}
          {...form.register("current_password")}
        />
        <TextField
          label={t("new")}
          type={type}
          autoComplete="new-password"
          hint={t("new_hint")}
          error={
            next &&
            (next.type === "server" ? next.message : t(next.message === "same" ? "same" : "new_short"))
          }
          end={
            <Button tone="quiet" size="sm" aria-pressed={visible} onClick={() => setVisible(!visible)}>
              {t(visible ? "hide" : "show")}
            </Button>
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
