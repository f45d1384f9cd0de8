import { pageMetadata } from "@/lib/i18n/server";
import { ForbiddenRoom } from "@/rooms/forbidden/page";

export const metadata = pageMetadata("de", "forbidden", "/forbidden/");

export default ForbiddenRoom;
