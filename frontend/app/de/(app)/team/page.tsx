import { pageMetadata } from "@/lib/i18n/server";
import { TeamRoom } from "@/rooms/team/page";

export const metadata = pageMetadata("de", "team", "/team/");

export default TeamRoom;
