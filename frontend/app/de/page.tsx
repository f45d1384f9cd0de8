import { pageMetadata } from "@/lib/i18n/server";
import { LandingRoom } from "@/rooms/landing/page";

export const metadata = pageMetadata("de", "landing", "/");

export default function Page() {
  return <LandingRoom locale="de" />;
}
