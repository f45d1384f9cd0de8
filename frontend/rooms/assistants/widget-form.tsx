"use client";
import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useId, useState } from "react";
import { useForm } from "react-hook-form";
import { useTranslations } from "use-intl";
import { boolean, maxLength, minLength, object, refine, string, trim } from "zod/mini";
import { Button } from "@/components/ui/button";
import { Modal } from "@/components/ui/modal";
import { TextArea } from "@/components/ui/text-area";
import { TextField } from "@/components/ui/text-field";
import { widgets } from "@/lib/ai/quality-queries";
import type { Widget } from "@/lib/ai/types";
import { api, data } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { Outcome } from "@/rooms/account/outcome";
import { linesOf, whole } from "@/rooms/assistants/values";

const MOST = { name: 100, greeting: 300, origins: 20 };
const RANGES = { visitor_hourly: [1, 1_000], daily: [1, 100_000] } as const;
/** As browsers send it: lower case, no path, no slash at its end. */
const ORIGIN = /^https?:\/\/[a-z0-9.-]+(:[1-9][0-9]{0,4})?$/;
const originsOf = (text: string) => linesOf(text).map((line) => line.toLowerCase().replace(/\/+$/, ""));

const WIDGET = object({
  name: string().check(trim(), minLength(1), maxLength(MOST.name)),
  greeting: string().check(trim(), maxLength(MOST.greeting)),
  colour: string(),
  origins: string().check(
    refine((text) => {
      const origins = originsOf(text);
      const isFew = origins.length > 0 && origins.length <= MOST.origins;
      return isFew && origins.every((origin) => ORIGIN.test(origin));
    }),
  ),
  visitor_hourly: whole(RANGES.visitor_hourly),
  daily: whole(RANGES.daily),
  is_on: boolean(),
});

type Props = { title: string; assistant: string; widget?: Widget; trigger: ReactElement };

/** Puts an assistant on a website, or changes how it is there. */
export function WidgetForm({ title, trigger, ...rest }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Modal isOpen={isOpen} onOpenChange={setOpen} title={title} trigger={trigger}>
      <Form {...rest} onDone={() => setOpen(false)} />
    </Modal>
  );
}

function Form({ assistant, widget, onDone }: Pick<Props, "assistant" | "widget"> & { onDone: () => void }) {
  const t = useTranslations("assistants.website.form");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const colour = useId();
  const form = useForm({
    resolver: zodResolver(WIDGET),
    defaultValues: {
      name: widget?.name ?? "",
      greeting: widget?.greeting ?? "",
      colour: widget?.colour ?? "#4338ca",
      origins: widget?.origins.join("\n") ?? "",
      visitor_hourly: String(widget?.visitor_hourly ?? 20),
      daily: String(widget?.daily ?? 500),
      is_on: widget?.is_on ?? true,
    },
  });
  const save = useMutation({
    mutationFn: ({ origins, ...rest }: ReturnType<typeof WIDGET.parse>) => {
      const body = { ...rest, assistant_id: assistant, origins: originsOf(origins) };
      return data(
        widget
          ? api.PUT("/v1/assistant-widgets/{widget_id}", {
              params: { path: { widget_id: widget.id } },
              body,
            })
          : api.POST("/v1/assistant-widgets", { body }),
      );
    },
    onSuccess: async () => {
      await client.invalidateQueries(widgets);
      onDone();
    },
  });
  const { errors } = form.formState;
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={form.handleSubmit((values) => save.mutate(values))}
    >
      <TextField
        label={t("name")}
        hint={t("name_hint")}
        maxLength={MOST.name}
        error={errors.name && t("name_fault")}
        {...form.register("name")}
      />
      <TextArea
        label={t("origins")}
        hint={t("origins_hint")}
        error={errors.origins && t("origins_fault")}
        {...form.register("origins")}
      />
      <TextField
        label={t("greeting")}
        hint={t("greeting_hint")}
        maxLength={MOST.greeting}
        error={errors.greeting?.message}
        {...form.register("greeting")}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        {(["visitor_hourly", "daily"] as const).map((name) => {
          const [least, most] = RANGES[name];
          return (
            <TextField
              key={name}
              label={t(name)}
              inputMode="numeric"
              error={errors[name] && t("number_fault", { least, most })}
              {...form.register(name)}
            />
          );
        })}
      </div>
      <div className="flex flex-wrap items-center justify-between gap-4">
        <label htmlFor={colour} className="flex items-center gap-3 text-sm font-medium">
          {t("colour")}
          <input
            id={colour}
            type="color"
            className="h-11 w-16 cursor-pointer rounded-lg border border-line-strong bg-raised p-1"
            {...form.register("colour")}
          />
        </label>
        <label className="flex min-h-11 items-center gap-3">
          <input type="checkbox" className="size-5 accent-accent" {...form.register("is_on")} />
          {t("is_on")}
        </label>
      </div>
      <Outcome failed={save.error ? textOf(save.error) : undefined} />
      <div>
        <Button type="submit" busy={save.isPending}>
          {t("save")}
        </Button>
      </div>
    </form>
  );
}
