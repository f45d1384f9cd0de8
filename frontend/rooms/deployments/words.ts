"use client";
/** Deployments in the reader's language: by their codes, else as the API says them. */
import { useTranslations } from "use-intl";
import type { Tone } from "@/components/ui/badge";
import type { Schemas } from "@/lib/api/client";
import type { Happening, Step } from "@/lib/deployments/story";
import { UNFINISHED, type View } from "@/lib/deployments/story";
import { isGoingBack } from "@/lib/deployments/timing";

/** `api` is a text of the API in English, where there is none in the reader's language. */
export type Words = { text?: string; api?: string };

const TONES: Record<string, Tone> = {
  queued: "neutral",
  running: "accent",
  waiting: "accent",
  canceling: "warn",
  going_back: "warn",
  succeeded: "good",
  canceled: "neutral",
  needs_customer: "warn",
};

export function toneOf(state: string): Tone {
  return TONES[state] ?? "bad";
}

/** The state of a deployment in a code: its status, and what the phases and a request to cancel say beyond it. */
export function stateOf(line: Schemas["DeploymentLine"] | View): string {
  if (!UNFINISHED.has(line.status) || !("phases" in line)) return line.status;
  if (line.cancel_requested) return "canceling";
  return isGoingBack(line) ? "going_back" : line.status;
}

export function useWords() {
  const t = useTranslations("deployments");

  function known(key: string): string | undefined {
    return t.has(key as "title") ? t(key as "title") : undefined;
  }

  const kind = (code: string) => known(`kinds.${code}`) ?? code;
  const state = (code: string) => known(`status.${code}`) ?? code;
  const phase = (code: string) => known(`phases.${code}.title`) ?? code;
  const phaseText = (code: string) => known(`phases.${code}.text`) ?? "";
  const phaseStatus = (code: string) => known(`phase_status.${code}`) ?? code;
  const step = (code: string) => known(`steps.${code}`) ?? code.replaceAll("_", " ");
  const stepStatus = (code: string) => known(`step_status.${code}`) ?? code;

  function error(code: string, message: string): Words {
    const text = known(`errors.${code}`);
    return text === undefined ? { api: message } : { text };
  }

  /** What a step waits for, or why it failed; undefined where there is nothing to say. */
  function reason({ name, error: failure, reason: said }: Pick<Step, "name" | "error" | "reason">) {
    if (failure) return error(failure.code, failure.message);
    return said === null ? undefined : wait(name, said);
  }

  function wait(name: string, said: string): Words {
    const text = known(`waits.${name}`);
    return text === undefined ? { api: said } : { text };
  }

  /** A line of the log. `before` is what happened until then. */
  function line(news: Happening, before: readonly Happening[]): Words {
    if (news.kind === "deployment") {
      const isReturn = news.status === "running" && before.some(isTurn);
      return { text: t("log.deployment", { status: state(isReturn ? "going_back" : (news.status ?? "")) }) };
    }
    if (news.kind === "log") {
      const text = news.code && known(`log.${news.code}`);
      return text ? { text } : { api: news.message ?? "" };
    }
    const text = t("log.step", { step: step(news.step ?? ""), status: stepStatus(news.status ?? "") });
    if (news.reason === undefined) return { text };
    const why = news.code ? error(news.code, news.reason) : wait(news.step ?? "", news.reason);
    const again = why.text && news.code && news.status === "waiting";
    const reason_text = again ? t("trying_again", { reason: why.text ?? "" }) : why.text;
    return {
      text: reason_text ? `${text}. ${reason_text}` : `${text}.`,
      ...(why.api ? { api: why.api } : {}),
    };
  }

  return { kind, state, phase, phaseText, phaseStatus, step, stepStatus, error, reason, line };
}

/** Spans of time in the reader's language, from seconds. */
export function useSpans() {
  const t = useTranslations("deployments.time");

  function exact(seconds: number): string {
    const whole = Math.round(seconds);
    if (whole < 1) return t("instant");
    if (whole < 60) return t("seconds", { seconds: whole });
    if (whole < 3600) return t("minutes", { minutes: Math.floor(whole / 60), seconds: whole % 60 });
    return t("hours", { hours: Math.floor(whole / 3600), minutes: Math.floor((whole % 3600) / 60) });
  }

  /** As exact as an expectation can be. */
  function about(seconds: number): string {
    if (seconds < 60)
      return t("about_seconds", { seconds: Math.max(1, roundedTo(seconds, seconds < 10 ? 1 : 5)) });
    return t("about_minutes", { minutes: Math.round(seconds / 60) });
  }

  const left = (seconds: number) => (seconds < 1 ? t("any_moment") : t("left", { about: about(seconds) }));
  return { exact, about, left };
}

/** After a failure or a request to cancel, running means going back. */
function isTurn({ status, code }: Happening): boolean {
  return status === "failed" || code === "cancel_requested";
}

function roundedTo(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
