/** The texts of both languages, one file per room; `en` is the shape that the others have. */
import type de from "@/messages/de";
import type en from "@/messages/en";

export type Messages = typeof en;
// A language that lacks a text does not compile.
type Same<One extends Messages> = One;
export type German = Same<typeof de>;

declare module "use-intl" {
  interface AppConfig {
    Messages: Messages;
  }
}
