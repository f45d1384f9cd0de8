import { pageMetadata } from "@/lib/i18n/server";
import { ForbiddenRoom } from "@/rooms/forbidden/page";

export const metadata = pageMetadata("en", "forbidden", "/forbidden/");

export default ForbiddenRoom;
