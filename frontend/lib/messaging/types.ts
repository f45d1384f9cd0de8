/** The API's own shapes, by the names that the rooms use. */
import type { Schemas } from "@/lib/api/client";

export type Conversation = Schemas["ConversationAnswer"];
export type ConversationMember = Schemas["messaging_MemberAnswer"];
export type Message = Schemas["MessageAnswer"];
export type Person = Schemas["MemberAnswer"];
