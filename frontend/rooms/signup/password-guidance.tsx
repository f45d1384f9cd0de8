"use client";
import { useTranslations } from "use-intl";
import { classNames } from "@/components/class-names";
import { type About, keptRules, MIN_LENGTH, PASSWORD_RULES } from "@/lib/password-rules";

/** What makes a password good, ticked off as it is typed. */
export function PasswordGuidance({ password, about }: { password: string; about: About }) {
  const t = useTranslations("signup.password_rules");
  const kept = keptRules(password, about);
  const isKept = (rule: keyof typeof kept) => password !== "" && kept[rule];
  const count = PASSWORD_RULES.filter(isKept).length;
  return (
    <div className="-mt-2 text-sm">
      <ul aria-label={t("label")} className="flex flex-col gap-1">
        {PASSWORD_RULES.map((rule) => (
          <li
            key={rule}
            className={classNames("flex items-start gap-2", isKept(rule) ? "text-good" : "text-ink-soft")}
          >
            <Mark done={isKept(rule)} />
            {t(rule, { length: MIN_LENGTH })}
          </li>
        ))}
      </ul>
      <p role="status" className="sr-only">
        {password !== "" && t("kept", { count, of: PASSWORD_RULES.length })}
      </p>
    </div>
  );
}

function Mark({ done }: { done: boolean }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 16 16"
      className="mt-0.5 size-4 shrink-0"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
    >
      {done ? <path d="m3.5 8.5 3 3 6-7" /> : <circle cx="8" cy="8" r="2" strokeWidth="1.5" />}
    </svg>
  );
}
