import { pageMetadata } from "@/lib/i18n/server";
import { DeploymentRoom } from "@/rooms/deployments/view";

export const metadata = pageMetadata("en", "deployments", "/deployments/view/");

export default DeploymentRoom;
