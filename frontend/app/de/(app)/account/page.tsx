import { pageMetadata } from "@/lib/i18n/server";
import { AccountRoom } from "@/rooms/account/page";

export const metadata = pageMetadata("de", "account", "/account/");

export default AccountRoom;
