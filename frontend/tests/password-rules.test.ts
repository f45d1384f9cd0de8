import { describe, expect, it } from "vitest";
import { brokenRule, keptRules } from "@/lib/password-rules";

const ABOUT = { email: "ada@example.com", full_name: "Ada Lovelace", company: "Bäcker & Söhne" };

describe("password guidance", () => {
  it("takes a few words that do not belong together", () => {
    expect(brokenRule("seven quiet otters", ABOUT)).toBeUndefined();
  });

  it.each([
    ["short", "long"],
    ["aaaaaaaaaaaa", "varied"],
    ["password1234", "own"],
    ["Ada Lovelace1", "own"],
    ["bäcker & söhne!", "own"],
    ["ada@example.com", "own"],
  ])("finds fault with %s as the API would", (password, rule) => {
    expect(brokenRule(password, ABOUT)).toBe(rule);
  });

  it("lets a password hold a known word when enough else is there", () => {
    expect(keptRules("welcome otters", ABOUT).own).toBe(true);
  });

  it("counts characters, not code units", () => {
    expect(keptRules("😀😁😂🤣😃", ABOUT).long).toBe(false);
  });

  it("ignores words too short to be anyone's", () => {
    expect(keptRules("ada likes tea", { ...ABOUT, full_name: "Ada" }).own).toBe(true);
  });
});
