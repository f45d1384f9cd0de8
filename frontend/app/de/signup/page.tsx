import { pageMetadata } from "@/lib/i18n/server";
import { SignupRoom } from "@/rooms/signup/page";

export const metadata = pageMetadata("de", "signup", "/signup/");

export default function Page() {
  return <SignupRoom locale="de" />;
}
