"use client";
/** Conversations: the list, and beside it the one that was chosen; on a phone one after the other. */
import { useSearchParams } from "next/navigation";
import { Suspense, useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import { type Messaging, useInbox, useMessaging } from "@/components/messaging";
import { Spinner } from "@/components/ui/spinner";
import { useNames } from "@/components/use-names";
import { ConnectionBar } from "@/rooms/conversations/connection-bar";
import { ConversationView, Gone } from "@/rooms/conversations/conversation-view";
import { ConversationList } from "@/rooms/conversations/list";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function ConversationsRoom() {
  return (
    <Suspense fallback={<Columns chosen={null} at={null} />}>
      <Chosen />
    </Suspense>
  );
}

function Chosen() {
  const asked = useSearchParams();
  const at = Number(asked.get("at"));
  return <Columns chosen={asked.get("id")} at={Number.isSafeInteger(at) && at > 0 ? at : null} />;
}

function Columns({ chosen, at }: { chosen: string | null; at: number | null }) {
  const t = useTranslations("conversations");
  const messaging = useMessaging();
  return (
    <div className="flex h-full min-h-0 flex-col bg-raised">
      <ConnectionBar />
      <div className="flex min-h-0 flex-1">
        <nav
          aria-label={t("title")}
          className={classNames(
            "min-h-0 w-full shrink-0 border-line md:w-80 md:border-e",
            chosen !== null && "hidden md:block",
          )}
        >
          <ConversationList chosen={chosen} />
        </nav>
        <div className={classNames("min-h-0 min-w-0 flex-1", chosen === null ? "hidden md:flex" : "flex")}>
          {chosen === null ? (
            <p className="m-auto max-w-xs p-6 text-center text-ink-soft">{t("choose")}</p>
          ) : messaging && ID.test(chosen) ? (
            <One key={chosen} messaging={messaging} id={chosen} at={at} />
          ) : messaging ? (
            <Gone />
          ) : (
            <Waiting />
          )}
        </div>
      </div>
    </div>
  );
}

function One({ messaging, id, at }: { messaging: Messaging; id: string; at: number | null }) {
  const names = useNames();
  const { conversations } = useInbox();
  const conversation = conversations?.find((each) => each.id === id);
  const [isMissing, setMissing] = useState(false);
  const isAsked = conversations !== undefined && conversation === undefined;
  const { inbox } = messaging;
  useEffect(() => {
    if (isAsked) inbox.refresh(id).catch(() => setMissing(true));
  }, [isAsked, inbox, id]);
  if (conversation) {
    return <ConversationView messaging={messaging} conversation={conversation} names={names} foundAt={at} />;
  }
  return isMissing ? <Gone /> : <Waiting />;
}

function Waiting() {
  const common = useTranslations("common");
  return (
    <p className="m-auto text-ink-soft">
      <Spinner />
      <span className="sr-only">{common("loading")}</span>
    </p>
  );
}
