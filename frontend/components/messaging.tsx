"use client";
/** The tab's socket and all that it keeps up to date, for as long as somebody is signed in. */
import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { me } from "@/lib/api/queries";
import { Inbox, type InboxState } from "@/lib/messaging/inbox";
import { realtime } from "@/lib/messaging/realtime";
import { useSessionStatus } from "@/lib/session/use-session";
import type { Connection, Presence, RealtimeClient } from "@/packages/realtime";

/** `mayWrite`: some roles only read. */
export type Messaging = { client: RealtimeClient; inbox: Inbox; me: string; mayWrite: boolean };

const Context = createContext<Messaging | null>(null);
const NOTHING: InboxState = { conversations: undefined, error: undefined };
const CONNECTING: Connection = { state: "connecting" };
const NOBODY: readonly string[] = [];

export function MessagingProvider({ children }: { children: ReactNode }) {
  const isSignedIn = useSessionStatus() === "signed-in";
  const { data } = useQuery({ ...me, enabled: isSignedIn });
  const permissions = isSignedIn ? (data?.permissions ?? []) : [];
  const user = permissions.includes("conversation:read") ? data?.user.id : undefined;
  const mayWrite = permissions.includes("conversation:write");
  const tenant = data?.tenant.id;
  const [messaging, setMessaging] = useState<Messaging | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: in another business everything is another
  useEffect(() => {
    if (user === undefined) return;
    const client = realtime();
    const inbox = new Inbox(client, user);
    inbox.start();
    client.start();
    const stopPresence = tellPresence(client);
    const stopAsking = askBeforeLeaving(client);
    setMessaging({ client, inbox, me: user, mayWrite });
    return () => {
      setMessaging(null);
      stopPresence();
      stopAsking();
      inbox.stop();
      client.stop();
    };
  }, [user, tenant, mayWrite]);
  return <Context value={messaging}>{children}</Context>;
}

/** Null until it is known who is signed in. */
export function useMessaging(): Messaging | null {
  return useContext(Context);
}

export function useConnection(): Connection {
  const client = useMessaging()?.client;
  return useSyncExternalStore(
    (changed) => client?.onConnection(changed) ?? (() => {}),
    () => client?.getConnection() ?? CONNECTING,
    () => CONNECTING,
  );
}

export function useInbox(): InboxState {
  const inbox = useMessaging()?.inbox;
  return useSyncExternalStore(
    (changed) => inbox?.subscribe(changed) ?? (() => {}),
    () => inbox?.getState() ?? NOTHING,
    () => NOTHING,
  );
}

/** Who types in a conversation just now. */
export function useTypists(conversation: string): readonly string[] {
  const typing = useMessaging()?.client.typing;
  const [typists, setTypists] = useState(NOBODY);
  useEffect(() => {
    setTypists(typing?.in(conversation) ?? NOBODY);
    return typing?.listen((where) => {
      if (where === conversation) setTypists(typing.in(conversation));
    });
  }, [typing, conversation]);
  return typists;
}

/** How somebody is, for as long as that is shown. */
export function usePresence(user: string | undefined): Presence | undefined {
  const presence = useMessaging()?.client.presence;
  useEffect(() => (user === undefined ? undefined : presence?.watch([user])), [presence, user]);
  return useSyncExternalStore(
    (changed) => presence?.listen((who) => who === user && changed()) ?? (() => {}),
    () => (user === undefined ? undefined : presence?.of(user)),
    () => undefined,
  );
}

function tellPresence(client: RealtimeClient): () => void {
  const tell = () => client.presence.setOwn(document.visibilityState === "visible" ? "active" : "away");
  tell();
  document.addEventListener("visibilitychange", tell);
  return () => document.removeEventListener("visibilitychange", tell);
}

/** What is not sent yet is in this page alone. */
function askBeforeLeaving(client: RealtimeClient): () => void {
  const ask = (event: BeforeUnloadEvent) => {
    if (client.unsent > 0) event.preventDefault();
  };
  window.addEventListener("beforeunload", ask);
  return () => window.removeEventListener("beforeunload", ask);
}
