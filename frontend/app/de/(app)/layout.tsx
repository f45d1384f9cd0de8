import type { ReactNode } from "react";
import { AppShell } from "@/components/app-shell";
import messages from "@/messages/de";

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <AppShell locale="de" messages={messages}>
      {children}
    </AppShell>
  );
}
