import { Texts } from "@/components/intl";
import { PublicFrame } from "@/components/public-frame";
import { buttonClasses } from "@/components/ui/button-classes";
import { type Locale, localizedPath } from "@/lib/i18n/locales";
import { messagesOf, texts } from "@/lib/i18n/server";
import { APPS, AppIcon } from "@/rooms/landing/app-icon";
import { Pricing } from "@/rooms/landing/pricing";
import { StackPicture } from "@/rooms/landing/stack-picture";

const STEPS = ["sign_up", "build", "work"] as const;
const CARES = ["encrypted", "backups", "health", "own"] as const;
const QUESTIONS = ["card", "data", "after", "leave", "people"] as const;
const WIDTH = "mx-auto max-w-6xl px-4 sm:px-6";
const HEADING = "text-2xl font-semibold tracking-tight sm:text-3xl";

type Part = { locale: Locale };

export function LandingRoom({ locale }: Part) {
  return (
    <PublicFrame locale={locale}>
      <Hero locale={locale} />
      <Apps locale={locale} />
      <Steps locale={locale} />
      <Cares locale={locale} />
      <Prices locale={locale} />
      <Questions locale={locale} />
      <Invitation locale={locale} />
    </PublicFrame>
  );
}

function Hero({ locale }: Part) {
  const t = texts(locale, "landing");
  return (
    <div
      className={`${WIDTH} grid items-center gap-12 pt-10 pb-16 sm:pt-20 sm:pb-24 lg:grid-cols-[1.1fr_0.9fr]`}
    >
      <div>
        <h1 className="text-4xl font-semibold tracking-tight text-balance sm:text-5xl">{t("title")}</h1>
        <p className="mt-5 max-w-xl text-lg text-ink-soft">{t("lead")}</p>
        <div className="mt-8 flex flex-wrap gap-3">
          <a href={localizedPath(locale, "/signup/")} className={buttonClasses({ size: "lg" })}>
            {t("start")}
          </a>
          <a href="#pricing" className={buttonClasses({ size: "lg", tone: "secondary" })}>
            {t("see_prices")}
          </a>
        </div>
        <p className="mt-4 text-sm text-ink-soft">{t("no_card")}</p>
      </div>
      <StackPicture locale={locale} />
    </div>
  );
}

function Apps({ locale }: Part) {
  const t = texts(locale, "landing.apps");
  return (
    <section aria-labelledby="apps" className="border-y border-line bg-sunken py-16 sm:py-20">
      <div className={WIDTH}>
        <h2 id="apps" className={HEADING}>
          {t("title")}
        </h2>
        <ul className="mt-8 grid gap-x-10 gap-y-8 sm:grid-cols-2 lg:grid-cols-3">
          {APPS.map((app) => (
            <li key={app} className="flex gap-4">
              <AppIcon app={app} />
              <div>
                <h3 className="font-semibold">{t(`${app}.title`)}</h3>
                <p className="mt-1 text-ink-soft">{t(`${app}.text`)}</p>
              </div>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

function Steps({ locale }: Part) {
  const t = texts(locale, "landing.steps");
  return (
    <section aria-labelledby="steps" className={`${WIDTH} py-16 sm:py-20`}>
      <h2 id="steps" className={HEADING}>
        {t("title")}
      </h2>
      <ol className="mt-8 grid gap-8 md:grid-cols-3">
        {STEPS.map((step, index) => (
          <li key={step} className="border-t-2 border-accent pt-5">
            <span aria-hidden="true" className="text-sm font-semibold text-accent tabular-nums">
              {index + 1}
            </span>
            <h3 className="mt-1 text-lg font-semibold">{t(`${step}.title`)}</h3>
            <p className="mt-1 text-ink-soft">{t(`${step}.text`)}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Cares({ locale }: Part) {
  const t = texts(locale, "landing.cares");
  return (
    <section aria-labelledby="cares" className={`${WIDTH} pb-16 sm:pb-20`}>
      <h2 id="cares" className={HEADING}>
        {t("title")}
      </h2>
      <dl className="mt-8 grid gap-x-10 gap-y-6 sm:grid-cols-2">
        {CARES.map((care) => (
          <div key={care}>
            <dt className="font-semibold">{t(`${care}.title`)}</dt>
            <dd className="mt-1 text-ink-soft">{t(`${care}.text`)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Prices({ locale }: Part) {
  const t = texts(locale, "landing.pricing");
  const all = messagesOf(locale, "plans");
  return (
    <section
      id="pricing"
      aria-labelledby="pricing-title"
      className="scroll-mt-4 border-y border-line bg-sunken py-16 sm:py-20"
    >
      <div className={WIDTH}>
        <h2 id="pricing-title" className={HEADING}>
          {t("title")}
        </h2>
        <p className="mt-3 max-w-2xl text-ink-soft">{t("text")}</p>
        <div className="mt-8">
          <Texts locale={locale} messages={all}>
            <Pricing />
          </Texts>
        </div>
        <a
          href={localizedPath(locale, "/plans/")}
          className="mt-6 inline-block py-2 font-medium text-accent underline underline-offset-4"
        >
          {t("compare")}
        </a>
      </div>
    </section>
  );
}

function Questions({ locale }: Part) {
  const t = texts(locale, "landing.questions");
  return (
    <section aria-labelledby="questions" className={`${WIDTH} py-16 sm:py-20`}>
      <h2 id="questions" className={HEADING}>
        {t("title")}
      </h2>
      <div className="mt-6 max-w-3xl divide-y divide-line border-y border-line">
        {QUESTIONS.map((question) => (
          <details key={question} className="group">
            <summary className="flex cursor-pointer list-none items-center justify-between gap-4 py-4 font-medium [&::-webkit-details-marker]:hidden">
              {t(`${question}.asked`)}
              <span
                aria-hidden="true"
                className="text-xl leading-none text-ink-soft transition-transform group-open:rotate-45"
              >
                +
              </span>
            </summary>
            <p className="pb-5 text-ink-soft">{t(`${question}.answer`)}</p>
          </details>
        ))}
      </div>
    </section>
  );
}

function Invitation({ locale }: Part) {
  const t = texts(locale, "landing");
  return (
    <section aria-labelledby="invitation" className={`${WIDTH} pb-20`}>
      <div className="rounded-2xl bg-accent-soft px-6 py-12 text-center sm:py-16">
        <h2 id="invitation" className={`${HEADING} text-balance`}>
          {t("invitation.title")}
        </h2>
        <p className="mx-auto mt-3 max-w-xl">{t("invitation.text")}</p>
        <a href={localizedPath(locale, "/signup/")} className={buttonClasses({ size: "lg" }, "mt-7")}>
          {t("start")}
        </a>
      </div>
    </section>
  );
}
