import { pageMetadata } from "@/lib/i18n/server";
import { PlansRoom } from "@/rooms/plans/page";

export const metadata = pageMetadata("de", "plans", "/plans/");

export default function Page() {
  return <PlansRoom locale="de" />;
}
