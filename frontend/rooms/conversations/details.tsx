"use client";
/** Who takes part in a conversation, and what can be done with it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { type Messaging, usePresence } from "@/components/messaging";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { IconButton } from "@/components/ui/icon-button";
import { SidePanel } from "@/components/ui/side-panel";
import { TextField } from "@/components/ui/text-field";
import type { Names } from "@/components/use-names";
import { api, data } from "@/lib/api/client";
import { useProblemText } from "@/lib/api/use-problem-text";
import { conversationMembers } from "@/lib/messaging/queries";
import type { Conversation, ConversationMember } from "@/lib/messaging/types";
import { AssistantMark } from "@/rooms/conversations/assistant-mark";
import { Avatar } from "@/rooms/conversations/avatar";
import { People } from "@/rooms/conversations/new-conversation";
import { usePresenceText } from "@/rooms/conversations/presence-text";
import { isMutedNow } from "@/rooms/conversations/row";
import { Refusal } from "@/rooms/conversations/thread";

type Props = {
  messaging: Messaging;
  conversation: Conversation;
  members: readonly ConversationMember[];
  names: Names;
  onClose: () => void;
};
const ONE = "/v1/conversations/{conversation_id}" as const;
const FOR_GOOD = "9999-01-01T00:00:00Z";

export function Details({ messaging, conversation, members, names, onClose }: Props) {
  const t = useTranslations("conversations.details");
  const common = useTranslations("common");
  const { textOf } = useProblemText();
  const client = useQueryClient();
  const { id, kind, role, archived_at } = conversation;
  const params = { path: { conversation_id: id } };
  const act = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSuccess: () =>
      Promise.all([
        messaging.inbox.refresh(id).catch(() => undefined),
        client.invalidateQueries(conversationMembers(id)),
      ]),
  });
  const isMuted = isMutedNow(conversation.muted_until);
  const isAdmin = role === "admin" && kind !== "direct";
  const isArchived = archived_at !== null;
  const mute = () =>
    data(api.PUT(`${ONE}/mute`, { params, body: { muted_until: isMuted ? null : FOR_GOOD } }));
  const archive = () =>
    data(isArchived ? api.DELETE(`${ONE}/archive`, { params }) : api.PUT(`${ONE}/archive`, { params }));
  const remove = (user_id: string) =>
    data(api.DELETE(`${ONE}/members/{user_id}`, { params: { path: { ...params.path, user_id } } }));
  return (
    <SidePanel title={t("title")} onClose={onClose}>
      <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto p-5">
        {isAdmin && !isArchived && (
          <Rename
            conversation={conversation}
            onRename={(title) => act.mutate(() => data(api.PATCH(ONE, { params, body: { title } })))}
          />
        )}
        <div className="flex flex-wrap gap-2">
          <Button tone="secondary" size="sm" aria-pressed={isMuted} onClick={() => act.mutate(mute)}>
            {t(isMuted ? "unmute" : "mute")}
          </Button>
          {isAdmin && (
            <Button tone="secondary" size="sm" onClick={() => act.mutate(archive)}>
              {t(isArchived ? "unarchive" : "archive")}
            </Button>
          )}
        </div>
        <Refusal text={act.error ? textOf(act.error) : undefined} />
        <section aria-label={t("members")}>
          <h3 className="text-sm font-semibold text-ink-soft">{t("members")}</h3>
          <ul className="mt-2 flex flex-col">
            {members.map((member) => (
              <Member
                key={member.user_id}
                member={member}
                names={names}
                onRemove={
                  isAdmin && !isArchived && member.user_id !== messaging.me
                    ? () => act.mutate(() => remove(member.user_id))
                    : undefined
                }
              />
            ))}
          </ul>
          {members.some((member) => member.role === "assistant") && (
            <p className="mt-2 text-sm text-ink-soft">
              {t(kind === "group" ? "assistant_group" : "assistant_alone")}
            </p>
          )}
        </section>
        {isAdmin && !isArchived && (
          <Add
            names={{
              ...names,
              everybody: names.everybody.filter(
                (one) => !members.some(({ user_id }) => user_id === one.user_id),
              ),
            }}
            onAdd={(user) =>
              act.mutate(() => data(api.POST(`${ONE}/members`, { params, body: { user_ids: [user] } })))
            }
          />
        )}
        {kind !== "direct" && (
          <div>
            <ConfirmDialog
              trigger={
                <Button tone="danger" size="sm">
                  {t("leave")}
                </Button>
              }
              title={t("leave_title")}
              confirm={t("leave")}
              dismiss={common("cancel")}
              onConfirm={() => act.mutateAsync(() => remove(messaging.me)).catch(() => undefined)}
            >
              {t("leave_text")}
            </ConfirmDialog>
          </div>
        )}
      </div>
    </SidePanel>
  );
}

function Rename({
  conversation,
  onRename,
}: {
  conversation: Conversation;
  onRename: (title: string) => void;
}) {
  const t = useTranslations("conversations.details");
  const [title, setTitle] = useState(conversation.title ?? "");
  const isNew = title.trim() !== "" && title.trim() !== conversation.title;
  return (
    <form
      className="flex items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (isNew) onRename(title.trim());
      }}
    >
      <div className="flex-1">
        <TextField
          label={t("name")}
          value={title}
          maxLength={200}
          onChange={(event) => setTitle(event.target.value)}
        />
      </div>
      <Button type="submit" tone="secondary" disabled={!isNew}>
        {t("rename")}
      </Button>
    </form>
  );
}

type MemberProps = { member: ConversationMember; names: Names; onRemove: (() => void) | undefined };

function Member({ member, names, onRemove }: MemberProps) {
  const t = useTranslations("conversations.details");
  const presenceText = usePresenceText();
  const presence = usePresence(member.user_id);
  const name = names.nameOf(member.user_id);
  const isAssistant = member.role === "assistant";
  return (
    <li className="flex min-h-12 items-center gap-3 py-1">
      <Avatar id={member.user_id} name={name} presenceOf={isAssistant ? undefined : member.user_id} />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{name}</p>
        <p className="truncate text-xs text-ink-soft">
          {isAssistant ? <AssistantMark /> : presenceText(presence)}
          {member.role === "admin" && ` · ${t("admin")}`}
        </p>
      </div>
      {onRemove && <IconButton small icon="close" label={t("remove", { name })} onClick={onRemove} />}
    </li>
  );
}

function Add({ names, onAdd }: { names: Names; onAdd: (user: string) => void }) {
  const t = useTranslations("conversations.details");
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) {
    return (
      <Button tone="secondary" size="sm" className="self-start" onClick={() => setOpen(true)}>
        {t("add")}
      </Button>
    );
  }
  return <People names={names} me={undefined} chosen={null} onChoose={onAdd} />;
}
