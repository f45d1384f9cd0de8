"use client";
/** Takes files of a message into a knowledge base: which one, for whom, and what became of each. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactElement, useState } from "react";
import { useTranslations } from "use-intl";
import { RoomProblem } from "@/components/room-problem";
import { Button } from "@/components/ui/button";
import { Modal } from "@/components/ui/modal";
import { SelectField } from "@/components/ui/select-field";
import { Skeleton } from "@/components/ui/skeleton";
import { TextField } from "@/components/ui/text-field";
import { knowledgeBases } from "@/lib/ai/queries";
import { addAll, copyInto, isOver, type Outcomes } from "@/lib/ai/sharing";
import type { DocumentAccess, KnowledgeBase } from "@/lib/ai/types";
import { api, data } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import type { Attachment } from "@/lib/messaging/upload";
import { Outcome } from "@/rooms/account/outcome";
import { SharedFileRows } from "@/rooms/conversations/shared-file-rows";
import { FOR_MEMBERS, ReadersLine } from "@/rooms/knowledge/readers-line";

const MOST_NAME = 100;
/** The choice of a knowledge base that is not there yet. */
const NEW = "";

type Props = { conversation: string; files: readonly Attachment[]; trigger: ReactElement };

export function AddToKnowledge({ trigger, ...rest }: Props) {
  const t = useTranslations("conversations.knowledge");
  const [isOpen, setOpen] = useState(false);
  return (
    <Modal isOpen={isOpen} onOpenChange={setOpen} title={t("title")} trigger={trigger}>
      <Entered {...rest} onDone={() => setOpen(false)} />
    </Modal>
  );
}

type FormProps = Omit<Props, "trigger"> & { onDone: () => void };

function Entered(props: FormProps) {
  const { data: bases, error, refetch } = useQuery(knowledgeBases);
  if (bases) return <Form {...props} bases={bases} />;
  return error ? <RoomProblem error={error} onRetry={refetch} /> : <Skeleton className="h-40" />;
}

function Form({ conversation, files, bases, onDone }: FormProps & { bases: readonly KnowledgeBase[] }) {
  const t = useTranslations("conversations.knowledge");
  const common = useTranslations("common");
  const client = useQueryClient();
  const [chosen, setChosen] = useState(bases[0]?.id ?? NEW);
  const [readers, setReaders] = useState<DocumentAccess>(FOR_MEMBERS);
  const [outcomes, setOutcomes] = useState<Outcomes>({});
  const [isBusy, setBusy] = useState(false);
  const target = useTarget(chosen, setChosen);
  const areAllOver = files.every(({ id }) => isOver(outcomes[id]));
  const hasBegun = Object.keys(outcomes).length > 0;
  const add = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const knowledge_base_id = await target.find();
    if (knowledge_base_id !== undefined) {
      const to = { knowledge_base_id, conversation_id: conversation, access: readers };
      await addAll(
        files,
        outcomes,
        ({ id }) => copyInto(to, id),
        ({ id }, outcome) => setOutcomes((known) => ({ ...known, [id]: outcome })),
      );
      void client.invalidateQueries(knowledgeBases);
    }
    setBusy(false);
  };
  return (
    <form noValidate className="flex flex-col gap-5" onSubmit={(event) => void add(event)}>
      <SharedFileRows files={files} outcomes={outcomes} base={chosen} />
      {!areAllOver && (
        <>
          <p className="text-sm text-ink-soft">{t("text")}</p>
          {bases.length > 0 && (
            <SelectField
              label={t("base")}
              value={chosen}
              // What has begun ends where it began.
              disabled={isBusy || hasBegun}
              onChange={(event) => setChosen(event.target.value)}
            >
              {bases.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
              <option value={NEW}>{t("new")}</option>
            </SelectField>
          )}
          {chosen === NEW && (
            <TextField
              label={t("name")}
              value={target.name}
              maxLength={MOST_NAME}
              error={target.fault}
              onChange={(event) => target.setName(event.target.value)}
            />
          )}
          <ReadersLine readers={readers} onChange={setReaders} />
        </>
      )}
      <Outcome failed={target.failed} />
      <div className="flex gap-2">
        {areAllOver ? (
          <Button tone="secondary" onClick={onDone}>
            {common("close")}
          </Button>
        ) : (
          <Button type="submit" busy={isBusy}>
            {t(hasBegun && !isBusy ? "again" : "add", { count: files.length })}
          </Button>
        )}
      </div>
    </form>
  );
}

/** The knowledge base that was chosen; a new one is made once, when it is first needed. */
function useTarget(chosen: string, onMade: (id: string) => void) {
  const t = useTranslations("knowledge.form");
  const { showAtFields } = useProblemText();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [fault, setFault] = useState<string>();
  const [failed, setFailed] = useState<string>();
  const find = async (): Promise<string | undefined> => {
    setFailed(undefined);
    setFault(undefined);
    if (chosen !== NEW) return chosen;
    if (name.trim() === "") return void setFault(t("name_fault"));
    try {
      const made = await data(api.POST("/v1/knowledge-bases", { body: { name: name.trim() } }));
      // It is among the choices before it is chosen.
      client.setQueryData(knowledgeBases.queryKey, (known = []) => [made, ...known]);
      onMade(made.id);
      return made.id;
    } catch (error) {
      return void setFailed(
        showAtFields<{ name: string }>(error, ["name"], (_, { message }) => setFault(message)),
      );
    }
  };
  return { find, name, setName, fault, failed };
}
