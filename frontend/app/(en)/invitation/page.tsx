import { pageMetadata } from "@/lib/i18n/server";
import { InvitationRoom } from "@/rooms/invitation/page";

export const metadata = { ...pageMetadata("en", "invitation", "/invitation/"), robots: { index: false } };

export default function Page() {
  return <InvitationRoom locale="en" />;
}
