import { Texts } from "@/components/intl";
import { PublicFrame } from "@/components/public-frame";
import type { Locale } from "@/lib/i18n/locales";
import { messagesOf } from "@/lib/i18n/server";
import { InvitationView } from "@/rooms/invitation/view";

export function InvitationRoom({ locale }: { locale: Locale }) {
  return (
    <PublicFrame locale={locale}>
      <div className="mx-auto flex max-w-md flex-col gap-6 px-4 pt-8 pb-16 sm:pt-16">
        <Texts
          locale={locale}
          messages={messagesOf(locale, "common", "invitation", "signup", "login", "problems")}
        >
          <InvitationView />
        </Texts>
      </div>
    </PublicFrame>
  );
}
