import { pageMetadata } from "@/lib/i18n/server";
import { DashboardRoom } from "@/rooms/dashboard/page";

export const metadata = pageMetadata("de", "dashboard", "/dashboard/");

export default DashboardRoom;
