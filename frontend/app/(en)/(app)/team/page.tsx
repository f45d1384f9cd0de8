import { pageMetadata } from "@/lib/i18n/server";
import { TeamRoom } from "@/rooms/team/page";

export const metadata = pageMetadata("en", "team", "/team/");

export default TeamRoom;
