"use client";
/** What the reader may do with knowledge and assistants. */
import { useQuery } from "@tanstack/react-query";
import { me } from "@/lib/api/queries";

export type Rights = { mayAdd: boolean; mayAsk: boolean; mayManage: boolean };

/** Undefined until it is known; nothing is offered that the API would refuse. */
export function useRights(): Rights | undefined {
  const { data } = useQuery(me);
  return data && rightsOf(data.permissions);
}

export function rightsOf(permissions: readonly string[]): Rights {
  return {
    mayAdd: permissions.includes("knowledge:write"),
    mayAsk: permissions.includes("assistant:use"),
    mayManage: permissions.includes("assistant:manage"),
  };
}
