"use client";
/** Begins a conversation: with a person, in a group, or with support. */
import { Dialog } from "@base-ui/react/dialog";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { useMessaging } from "@/components/messaging";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { iconButtonClasses } from "@/components/ui/icon-button";
import { Notice } from "@/components/ui/notice";
import { TextField } from "@/components/ui/text-field";
import type { Names } from "@/components/use-names";
import { api, data, type Schemas } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { type Locale, localizedPath } from "@/lib/i18n/locales";
import { AssistantMark } from "@/rooms/conversations/assistant-mark";
import { Avatar } from "@/rooms/conversations/avatar";
import { pathOf } from "@/rooms/conversations/row";

type Kind = Schemas["NewConversation"]["kind"];
const KINDS: readonly Kind[] = ["direct", "group", "support"];

export function NewConversation({ names }: { names: Names }) {
  const t = useTranslations("conversations.new");
  const [isOpen, setOpen] = useState(false);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Trigger
        aria-label={t("button")}
        title={t("button")}
        className={iconButtonClasses(false, "text-accent!")}
      >
        <Icon name="pencil" />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 bg-black/50" />
        <Dialog.Popup className="fixed start-1/2 top-1/2 flex max-h-[calc(100dvh-2rem)] w-[min(28rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 flex-col gap-4 overflow-y-auto rounded-xl border border-line bg-raised p-5 text-ink shadow-card rtl:translate-x-1/2">
          <Dialog.Title className="text-lg font-semibold">{t("title")}</Dialog.Title>
          <Form names={names} onDone={() => setOpen(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Form({ names, onDone }: { names: Names; onDone: () => void }) {
  const t = useTranslations("conversations.new");
  const common = useTranslations("common");
  const { textOf } = useProblemText();
  const messaging = useMessaging();
  const router = useRouter();
  const locale = useLocale() as Locale;
  const [kind, setKind] = useState<Kind>("direct");
  const [title, setTitle] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const helpers = names.everybody.filter(({ user_id }) => names.isAssistant(user_id));
  const create = useMutation({
    mutationFn: (body: Schemas["NewConversation"]) => data(api.POST("/v1/conversations", { body })),
    onSuccess: async ({ id }) => {
      await messaging?.inbox.refresh(id);
      onDone();
      router.push(localizedPath(locale, pathOf(id)));
    },
  });
  const begin = (member_ids: readonly string[]) =>
    create.mutate({
      kind,
      member_ids: [...member_ids],
      open: kind === "group" && isOpen,
      ...(kind !== "direct" && title.trim() !== "" && { title: title.trim() }),
    });
  const choose = (user: string) => {
    if (kind === "direct") begin([user]);
    else setChosen(chosen.includes(user) ? chosen.filter((each) => each !== user) : [...chosen, user]);
  };
  return (
    <>
      <fieldset className="grid grid-cols-3 gap-1 rounded-lg bg-sunken p-1">
        <legend className="sr-only">{t("kind")}</legend>
        {KINDS.map((each) => (
          <label
            key={each}
            className="flex h-10 cursor-pointer items-center justify-center rounded-md text-sm font-medium text-ink-soft has-checked:bg-raised has-checked:text-ink has-checked:shadow-card has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="kind"
              className="sr-only"
              checked={kind === each}
              onChange={() => setKind(each)}
            />
            {t(`kinds.${each}`)}
          </label>
        ))}
      </fieldset>
      <p className="text-sm text-ink-soft">{t(`texts.${kind}`)}</p>
      {kind !== "direct" && (
        <TextField
          label={t(kind === "group" ? "group_title" : "support_title")}
          value={title}
          maxLength={200}
          onChange={(event) => setTitle(event.target.value)}
        />
      )}
      {kind === "group" && (
        <label className="flex min-h-11 items-center gap-3">
          <input
            type="checkbox"
            className="size-5 accent-accent"
            checked={isOpen}
            onChange={(event) => setOpen(event.target.checked)}
          />
          {t("open")}
        </label>
      )}
      {(kind !== "support" || helpers.length > 0) && (
        <People
          names={kind === "support" ? { ...names, people: helpers } : names}
          me={messaging?.me}
          chosen={kind === "direct" ? null : chosen}
          onChoose={choose}
        />
      )}
      {create.error && <Notice live tone="bad" title={textOf(create.error)} />}
      <div className="flex justify-end gap-2">
        <Dialog.Close render={<Button tone="secondary">{common("cancel")}</Button>} />
        {kind !== "direct" && (
          <Button
            busy={create.isPending}
            disabled={kind === "group" && title.trim() === ""}
            onClick={() => begin(kind === "group" ? chosen : chosen.filter(names.isAssistant))}
          >
            {t("begin")}
          </Button>
        )}
      </div>
    </>
  );
}

type PeopleProps = {
  names: Names;
  me: string | undefined;
  /** Null where one press is the choice. */
  chosen: readonly string[] | null;
  onChoose: (user: string) => void;
};

export function People({ names, me, chosen, onChoose }: PeopleProps) {
  const t = useTranslations("conversations.new");
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLocaleLowerCase();
  const others = names.everybody.filter(
    ({ user_id, full_name }) => user_id !== me && full_name.toLocaleLowerCase().includes(wanted),
  );
  return (
    <div className="flex min-h-0 flex-col gap-2">
      <TextField
        label={t("find")}
        type="search"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <ul aria-label={t("people")} className="flex max-h-60 flex-col overflow-y-auto">
        {others.length === 0 && <li className="py-3 text-sm text-ink-soft">{t("nobody")}</li>}
        {others.map(({ user_id, full_name }) => (
          <li key={user_id}>
            <button
              type="button"
              aria-pressed={chosen ? chosen.includes(user_id) : undefined}
              onClick={() => onChoose(user_id)}
              className="flex w-full items-center gap-3 rounded-lg px-2 py-2 text-start hover:bg-sunken"
            >
              <Avatar
                id={user_id}
                name={full_name}
                presenceOf={names.isAssistant(user_id) ? undefined : user_id}
              />
              <span className="min-w-0 flex-1 truncate">{full_name}</span>
              {names.isAssistant(user_id) && <AssistantMark />}
              {chosen?.includes(user_id) && <Icon name="check" className="text-accent" />}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
