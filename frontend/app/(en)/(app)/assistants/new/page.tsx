import { pageMetadata } from "@/lib/i18n/server";
import { NewAssistantRoom } from "@/rooms/assistants/new";

export const metadata = pageMetadata("en", "assistants", "/assistants/new/");

export default NewAssistantRoom;
