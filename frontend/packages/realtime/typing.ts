/** Who is writing where, as far as it was heard lately; and telling others of it, not more often than they need. */
import { Emitter } from "./emitter";
import type { Frame } from "./link";
import type { Clock } from "./surroundings";

const TELL_EVERY_MS = 3_000;
const HEARD_FOR_MS = 6_000;

export class Typing {
  private readonly told = new Map<string, number>();
  private readonly heard = new Map<string, Map<string, () => void>>();
  private readonly changed = new Emitter<string>();

  constructor(
    private readonly send: (frame: Frame) => void,
    private readonly clock: Clock,
  ) {}

  /** Called with the conversation in which somebody began or stopped. */
  readonly listen = this.changed.listen;

  /** The person types; called as often as they do. */
  tell(conversation: string): void {
    const now = this.clock.now();
    if (now - (this.told.get(conversation) ?? Number.NEGATIVE_INFINITY) < TELL_EVERY_MS) return;
    this.told.set(conversation, now);
    this.send({ type: "typing", conversation_id: conversation });
  }

  /** The person has sent what they typed, so that the next text is told of at once. */
  sent(conversation: string): void {
    this.told.delete(conversation);
  }

  in(conversation: string): string[] {
    return [...(this.heard.get(conversation)?.keys() ?? [])];
  }

  take(frame: Frame): boolean {
    if (frame.type !== "typing") return false;
    this.hear(String(frame.conversation_id), String(frame.user_id));
    return true;
  }

  private hear(conversation: string, user: string): void {
    const here = this.heard.get(conversation) ?? new Map<string, () => void>();
    this.heard.set(conversation, here);
    const isNew = !here.has(user);
    here.get(user)?.();
    here.set(
      user,
      this.clock.after(HEARD_FOR_MS, () => this.over(conversation, user)),
    );
    if (isNew) this.changed.tell(conversation);
  }

  /** They stopped, or what they wrote has come. */
  over(conversation: string, user: string): void {
    const here = this.heard.get(conversation);
    here?.get(user)?.();
    if (here?.delete(user)) this.changed.tell(conversation);
  }
}
