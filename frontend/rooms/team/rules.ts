/** What the room offers to whom. The API decides; this only spares people what it would refuse. */
import type { Schemas } from "@/lib/api/client";

type Me = Pick<Schemas["MeAnswer"], "role" | "permissions">;
type Role = Schemas["MemberAnswer"]["role"];

export const INVITED_ROLES = ["member", "admin", "viewer"] as const;

/** Only owners touch owners. */
export function mayChange(me: Me, person: { role: Role }): boolean {
  return me.permissions.includes("member:manage") && (me.role === "owner" || person.role !== "owner");
}

/** The roles that this person may give. */
export function givableRoles(me: Me): Role[] {
  const below: Role[] = ["admin", "member", "viewer"];
  return me.role === "owner" ? ["owner", ...below] : below;
}

/** The last owner stays. */
export function mayLeave(me: { user: { id: string } }, people: { user_id: string; role: Role }[]): boolean {
  const owners = people.filter(({ role }) => role === "owner");
  return owners.some(({ user_id }) => user_id !== me.user.id);
}
