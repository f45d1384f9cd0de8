"use client";
/** What an assistant is told, knows and may spend. */
import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useId, useState } from "react";
import { type UseFormReturn, useForm } from "react-hook-form";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { TextArea } from "@/components/ui/text-area";
import { TextField } from "@/components/ui/text-field";
import type { NewAssistant } from "@/lib/ai/types";
import { useProblemText } from "@/lib/api/use-problem-text";
import { Outcome } from "@/rooms/account/outcome";
import { KnowledgeField } from "@/rooms/assistants/knowledge-field";
import { ModelField } from "@/rooms/assistants/model-field";
import { ASSISTANT, bodyOf, type Checked, MOST, RANGES, TONES, type Values } from "@/rooms/assistants/values";

export type AssistantFormControl = UseFormReturn<Values, unknown, Checked>;

type Props = {
  initial: Values;
  /** Makes it, or makes another version of it. */
  onSave: (body: NewAssistant) => Promise<unknown>;
  isNew?: boolean;
  /** Said after it was saved. */
  done?: string | undefined;
  /** Hears whether something is not saved. */
  onDirty?: (isDirty: boolean) => void;
};

export function AssistantForm({ initial, onSave, isNew = false, done, onDirty }: Props) {
  const t = useTranslations("assistants.form");
  const { showAtFields } = useProblemText();
  const [failed, setFailed] = useState<string>();
  const form: AssistantFormControl = useForm({
    resolver: zodResolver(ASSISTANT),
    defaultValues: initial,
  });
  const { errors, isDirty } = form.formState;
  const save = useMutation({
    mutationFn: (values: Checked) => onSave(bodyOf(values)),
    onMutate: () => setFailed(undefined),
    onSuccess: () => form.reset(form.getValues()),
    onError: (error) => setFailed(showAtFields<Values>(error, ["name", "instructions"], form.setError)),
  });
  // What somebody else has saved meanwhile is shown, unless it would take away what is written here.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when that has changed
  useEffect(() => {
    if (!isDirty) form.reset(initial);
  }, [JSON.stringify(initial)]);
  useEffect(() => {
    onDirty?.(isDirty);
  }, [isDirty, onDirty]);
  useAskBeforeLeaving(isDirty);
  const saved = !isDirty && save.isSuccess ? done : undefined;
  return (
    <form
      noValidate
      className="flex flex-col gap-6"
      onSubmit={form.handleSubmit((values) => save.mutate(values))}
    >
      <Card className="flex flex-col gap-5">
        <TextField
          label={t("name")}
          hint={t("name_hint")}
          maxLength={MOST.name}
          error={errors.name && (errors.name.type === "server" ? errors.name.message : t("name_fault"))}
          {...form.register("name")}
        />
        <TextArea
          label={t("instructions")}
          hint={t("instructions_hint")}
          rows={8}
          maxLength={MOST.instructions}
          error={errors.instructions?.message}
          {...form.register("instructions")}
        />
        <ToneField form={form} />
        <TextArea
          label={t("examples")}
          hint={t("examples_hint")}
          rows={3}
          error={errors.examples && t("examples_fault")}
          {...form.register("examples")}
        />
      </Card>
      <Card>
        <KnowledgeField form={form} />
      </Card>
      <Card className="flex flex-col gap-5">
        <ModelField form={form} />
        <hr className="border-line" />
        <Limits form={form} />
      </Card>
      <div className="flex flex-col gap-4">
        <Outcome done={saved} failed={failed} />
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" busy={save.isPending} disabled={!isNew && !isDirty}>
            {t(isNew ? "create" : "save")}
          </Button>
          {isDirty && !isNew && (
            <>
              <Button tone="quiet" onClick={() => form.reset(initial)}>
                {t("discard")}
              </Button>
              <span className="text-sm text-ink-soft">{t("unsaved")}</span>
            </>
          )}
        </div>
      </div>
    </form>
  );
}

function ToneField({ form }: { form: AssistantFormControl }) {
  const t = useTranslations("assistants.form");
  const id = useId();
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{t("tone")}</legend>
      <div className="grid gap-2 sm:grid-cols-3">
        {TONES.map((tone) => (
          <label
            key={tone}
            htmlFor={`${id}-${tone}`}
            className="flex cursor-pointer items-start gap-2.5 rounded-lg border border-line p-3 has-checked:border-accent has-checked:bg-accent-soft"
          >
            <input
              id={`${id}-${tone}`}
              type="radio"
              value={tone}
              className="mt-1 size-4 shrink-0 accent-accent"
              {...form.register("tone")}
            />
            <span>
              <span className="block font-medium">{t(`tones.${tone}`)}</span>
              <span className="block text-sm text-ink-soft">{t(`tone_hints.${tone}`)}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Limits({ form }: { form: AssistantFormControl }) {
  const t = useTranslations("assistants.form");
  const { errors } = form.formState;
  return (
    <fieldset>
      <legend className="mb-3 text-sm font-semibold">{t("limits")}</legend>
      <div className="grid gap-5 sm:grid-cols-2">
        {(["most_tokens", "memory_tokens"] as const).map((name) => {
          const [least, most] = RANGES[name];
          return (
            <TextField
              key={name}
              label={t(name)}
              hint={t(`${name}_hint`)}
              inputMode="numeric"
              error={errors[name] && t("number_fault", { least, most })}
              {...form.register(name)}
            />
          );
        })}
      </div>
    </fieldset>
  );
}

/** What was written and not saved is in this page alone. */
function useAskBeforeLeaving(isDirty: boolean) {
  useEffect(() => {
    if (!isDirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isDirty]);
}
