import { pageMetadata } from "@/lib/i18n/server";
import { AiUseRoom } from "@/rooms/ai-use/page";

export const metadata = pageMetadata("de", "ai_use", "/ai-use/");

export default AiUseRoom;
