import { pageMetadata } from "@/lib/i18n/server";
import { DashboardRoom } from "@/rooms/dashboard/page";

export const metadata = pageMetadata("en", "dashboard", "/dashboard/");

export default DashboardRoom;
