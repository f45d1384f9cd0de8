"use client";
import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type ReactElement, useState } from "react";
import { useForm } from "react-hook-form";
import { useLocale, useTranslations } from "use-intl";
import { maxLength, minLength, object, string, trim } from "zod/mini";
import { Button } from "@/components/ui/button";
import { Modal } from "@/components/ui/modal";
import { TextArea } from "@/components/ui/text-area";
import { TextField } from "@/components/ui/text-field";
import { knowledgeBases } from "@/lib/ai/queries";
import type { KnowledgeBase } from "@/lib/ai/types";
import { api, data, type Schemas } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { type Locale, localizedPath } from "@/lib/i18n/locales";
import { Outcome } from "@/rooms/account/outcome";

const MOST_NAME = 100;
const MOST_ABOUT = 1000;
const BASE = object({
  name: string().check(trim(), minLength(1), maxLength(MOST_NAME)),
  description: string().check(trim(), maxLength(MOST_ABOUT)),
});
type Values = Required<Schemas["NewKnowledgeBase"]>;

/** Makes a knowledge base and goes there, or changes the name and description of one. */
export function BaseForm({ base, trigger }: { base?: KnowledgeBase; trigger: ReactElement }) {
  const t = useTranslations("knowledge.form");
  const [isOpen, setOpen] = useState(false);
  return (
    <Modal isOpen={isOpen} onOpenChange={setOpen} title={t(base ? "edit" : "new")} trigger={trigger}>
      <Form {...(base && { base })} onDone={() => setOpen(false)} />
    </Modal>
  );
}

function Form({ base, onDone }: { base?: KnowledgeBase; onDone: () => void }) {
  const t = useTranslations("knowledge.form");
  const { showAtFields } = useProblemText();
  const client = useQueryClient();
  const router = useRouter();
  const locale = useLocale() as Locale;
  const [failed, setFailed] = useState<string>();
  const form = useForm<Values>({
    resolver: zodResolver(BASE),
    defaultValues: { name: base?.name ?? "", description: base?.description ?? "" },
  });
  const save = useMutation({
    mutationFn: (body: Values) =>
      data(
        base
          ? api.PUT("/v1/knowledge-bases/{knowledge_base_id}", {
              params: { path: { knowledge_base_id: base.id } },
              body,
            })
          : api.POST("/v1/knowledge-bases", { body }),
      ),
    onMutate: () => setFailed(undefined),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries(knowledgeBases);
      onDone();
      if (!base) router.push(localizedPath(locale, `/knowledge/base/?id=${id}`));
    },
    onError: (error) => setFailed(showAtFields(error, ["name", "description"], form.setError)),
  });
  const { name, description } = form.formState.errors;
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={form.handleSubmit((body) => save.mutate(body))}
    >
      <TextField
        label={t("name")}
        hint={t("name_hint")}
        maxLength={MOST_NAME}
        error={name && (name.type === "server" ? name.message : t("name_fault"))}
        {...form.register("name")}
      />
      <TextArea
        label={t("about")}
        maxLength={MOST_ABOUT}
        error={description?.message}
        {...form.register("description")}
      />
      <Outcome failed={failed} />
      <div>
        <Button type="submit" busy={save.isPending}>
          {t(base ? "save" : "create")}
        </Button>
      </div>
    </form>
  );
}
