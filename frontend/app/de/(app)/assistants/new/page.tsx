import { pageMetadata } from "@/lib/i18n/server";
import { NewAssistantRoom } from "@/rooms/assistants/new";

export const metadata = pageMetadata("de", "assistants", "/assistants/new/");

export default NewAssistantRoom;
