import { pageMetadata } from "@/lib/i18n/server";
import { OnboardingRoom } from "@/rooms/onboarding/page";

export const metadata = pageMetadata("en", "onboarding", "/onboarding/");

export default OnboardingRoom;
