import { pageMetadata } from "@/lib/i18n/server";
import { AssistantsRoom } from "@/rooms/assistants/page";

export const metadata = pageMetadata("de", "assistants", "/assistants/");

export default AssistantsRoom;
