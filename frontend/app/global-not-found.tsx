import type { Metadata } from "next";
import "@/app/globals.css";
import { RootDocument } from "@/components/document";
import { NotFoundRoom } from "@/rooms/not-found/page";

export const metadata: Metadata = { title: "404 · StackPro" };

export default function NotFound() {
  return (
    <RootDocument locale="en">
      <NotFoundRoom />
    </RootDocument>
  );
}
