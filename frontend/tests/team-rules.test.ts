import { describe, expect, it } from "vitest";
import { givableRoles, mayChange, mayLeave } from "@/rooms/team/rules";

const owner = { role: "owner", permissions: ["member:manage"] };
const admin = { role: "admin", permissions: ["member:manage"] };
const member = { role: "member", permissions: ["tenant:read"] };

describe("what the team's room offers", () => {
  it("lets owners change everybody, administrators all but owners, and others nobody", () => {
    expect([owner, admin, member].map((me) => mayChange(me, { role: "owner" }))).toEqual([
      true,
      false,
      false,
    ]);
    expect([owner, admin, member].map((me) => mayChange(me, { role: "viewer" }))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("lets owners alone make owners", () => {
    expect(givableRoles(owner)).toContain("owner");
    expect(givableRoles(admin)).not.toContain("owner");
  });

  it("lets everybody leave but the last owner", () => {
    const ada = { user_id: "ada", role: "owner" } as const;
    const grace = { user_id: "grace", role: "viewer" } as const;
    expect(mayLeave({ user: { id: "ada" } }, [ada, grace])).toBe(false);
    expect(mayLeave({ user: { id: "grace" } }, [ada, grace])).toBe(true);
    expect(mayLeave({ user: { id: "ada" } }, [ada, { ...grace, role: "owner" }])).toBe(true);
  });
});
