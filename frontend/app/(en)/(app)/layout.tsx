import type { ReactNode } from "react";
import { AppShell } from "@/components/app-shell";
import messages from "@/messages/en";

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <AppShell locale="en" messages={messages}>
      {children}
    </AppShell>
  );
}
