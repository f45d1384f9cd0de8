import { pageMetadata } from "@/lib/i18n/server";
import { DeploymentRoom } from "@/rooms/deployments/view";

export const metadata = pageMetadata("de", "deployments", "/deployments/view/");

export default DeploymentRoom;
