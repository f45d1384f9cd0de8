import { pageMetadata } from "@/lib/i18n/server";
import { LoginRoom } from "@/rooms/login/page";

export const metadata = pageMetadata("de", "login", "/login/");

export default function Page() {
  return <LoginRoom locale="de" />;
}
