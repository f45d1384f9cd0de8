import type { ReactNode } from "react";
import "@/app/globals.css";
import { RootDocument } from "@/components/document";

export { viewport } from "@/lib/theme";

export default function Layout({ children }: { children: ReactNode }) {
  return <RootDocument locale="de">{children}</RootDocument>;
}
