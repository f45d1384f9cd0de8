import { pageMetadata } from "@/lib/i18n/server";
import { KnowledgeRoom } from "@/rooms/knowledge/page";

export const metadata = pageMetadata("de", "knowledge", "/knowledge/");

export default KnowledgeRoom;
