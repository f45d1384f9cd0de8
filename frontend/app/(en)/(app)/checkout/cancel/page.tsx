import { pageMetadata } from "@/lib/i18n/server";
import { CheckoutCancelRoom } from "@/rooms/checkout/cancel";

export const metadata = pageMetadata("en", "checkout", "/checkout/cancel/");

export default CheckoutCancelRoom;
