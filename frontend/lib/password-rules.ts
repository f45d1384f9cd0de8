/** Guidance while a password is typed. The API has the last word; it judges by the same rules (NIST SP 800-63B §5.1.1.2). */

export const MIN_LENGTH = 10;
const MIN_DIFFERENT = 5;
const COMMON_PARTS = [
  "password",
  "passwort",
  "123456",
  "qwerty",
  "qwertz",
  "letmein",
  "iloveyou",
  "welcome",
  "abc123",
];

export type About = { email: string; full_name: string; company: string };
export type PasswordRule = "long" | "varied" | "own";
export const PASSWORD_RULES: readonly PasswordRule[] = ["long", "varied", "own"];

/** Which rules a password keeps. `own`: enough is left without the words that someone would try first. */
export function keptRules(password: string, about: About): Record<PasswordRule, boolean> {
  const lowered = password.toLowerCase();
  return {
    long: [...password].length >= MIN_LENGTH,
    varied: new Set(lowered).size >= MIN_DIFFERENT,
    own: [...withoutKnown(lowered, about)].length >= MIN_LENGTH / 2,
  };
}

/** The first rule that a password breaks. */
export function brokenRule(password: string, about: About): PasswordRule | undefined {
  const kept = keptRules(password, about);
  return PASSWORD_RULES.find((rule) => !kept[rule]);
}

function withoutKnown(lowered: string, { email, full_name, company }: About): string {
  const personal = [email.split("@")[0] ?? "", email, full_name, company]
    .map((word) => word.toLowerCase())
    .filter((word) => [...word].length > 3);
  return [...personal, ...COMMON_PARTS]
    .sort((one, other) => other.length - one.length)
    .reduce((rest, word) => rest.replaceAll(word, ""), lowered);
}
