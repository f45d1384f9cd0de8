import { pageMetadata } from "@/lib/i18n/server";
import { BillingRoom } from "@/rooms/billing/page";

export const metadata = pageMetadata("en", "billing", "/billing/");

export default BillingRoom;
