import { pageMetadata } from "@/lib/i18n/server";
import { CheckoutSuccessRoom } from "@/rooms/checkout/success";

export const metadata = pageMetadata("de", "checkout", "/checkout/success/");

export default CheckoutSuccessRoom;
