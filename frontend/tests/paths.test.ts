import { describe, expect, it } from "vitest";
import { localizedPath, neutralPath } from "@/lib/i18n/locales";
import { nextPath } from "@/lib/session/next-path";

describe("addresses", () => {
  it("carry the language, but for the default one", () => {
    expect(localizedPath("en", "/billing/")).toBe("/billing/");
    expect(localizedPath("de", "/billing/")).toBe("/de/billing/");
    expect(neutralPath("/de/billing/")).toBe("/billing/");
    expect(neutralPath("/de/")).toBe("/");
    expect(neutralPath("/deployments/")).toBe("/deployments/");
  });

  it.each([
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "",
    "dashboard",
  ])("never lead from the sign-in to %s", (wanted) => {
    expect(nextPath(`?next=${encodeURIComponent(wanted)}`, "/dashboard/")).toBe("/dashboard/");
  });

  it("lead from the sign-in back to where one was", () => {
    expect(nextPath(`?next=${encodeURIComponent("/de/deployments/view/?id=1")}`, "/")).toBe(
      "/de/deployments/view/?id=1",
    );
  });
});
