import { pageMetadata } from "@/lib/i18n/server";
import { KnowledgeBaseRoom } from "@/rooms/knowledge/base";

export const metadata = pageMetadata("de", "knowledge", "/knowledge/base/");

export default KnowledgeBaseRoom;
