import { pageMetadata } from "@/lib/i18n/server";
import { OnboardingRoom } from "@/rooms/onboarding/page";

export const metadata = pageMetadata("de", "onboarding", "/onboarding/");

export default OnboardingRoom;
