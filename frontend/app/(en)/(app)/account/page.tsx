import { pageMetadata } from "@/lib/i18n/server";
import { AccountRoom } from "@/rooms/account/page";

export const metadata = pageMetadata("en", "account", "/account/");

export default AccountRoom;
