import { pageMetadata } from "@/lib/i18n/server";
import { ConversationsRoom } from "@/rooms/conversations/page";

export const metadata = pageMetadata("de", "conversations", "/conversations/");

export default ConversationsRoom;
