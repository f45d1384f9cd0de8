"use client";
import { Forbidden } from "@/components/forbidden";

/** Where a link leads to that one's role does not open. */
export function ForbiddenRoom() {
  return <Forbidden />;
}
