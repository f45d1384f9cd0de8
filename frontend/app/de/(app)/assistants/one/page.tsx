import { pageMetadata } from "@/lib/i18n/server";
import { AssistantRoom } from "@/rooms/assistants/one";

export const metadata = pageMetadata("de", "assistants", "/assistants/one/");

export default AssistantRoom;
