import { pageMetadata } from "@/lib/i18n/server";
import { DeploymentsRoom } from "@/rooms/deployments/page";

export const metadata = pageMetadata("en", "deployments", "/deployments/");

export default DeploymentsRoom;
