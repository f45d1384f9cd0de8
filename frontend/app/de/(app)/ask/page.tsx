import { pageMetadata } from "@/lib/i18n/server";
import { AskRoom } from "@/rooms/ask/page";

export const metadata = pageMetadata("de", "ask", "/ask/");

export default AskRoom;
