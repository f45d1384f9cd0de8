/** How far the person has read: told once in a while, the furthest place only, and after a drop too. */
import type { Frame } from "./link";
import type { Clock } from "./surroundings";

const TELL_AFTER_MS = 400;

export class Reads {
  private readonly untold = new Map<string, number>();
  private readonly told = new Map<string, number>();
  private isLive = false;
  private isTimed = false;

  constructor(
    private readonly send: (frame: Frame) => void,
    private readonly clock: Clock,
  ) {}

  tell(conversation: string, seq: number): void {
    if (seq <= Math.max(this.untold.get(conversation) ?? 0, this.told.get(conversation) ?? 0)) return;
    this.untold.set(conversation, seq);
    if (this.isTimed) return;
    this.isTimed = true;
    this.clock.after(TELL_AFTER_MS, () => {
      this.isTimed = false;
      this.flush();
    });
  }

  live(): void {
    this.isLive = true;
    this.flush();
  }

  down(): void {
    this.isLive = false;
  }

  private flush(): void {
    if (!this.isLive) return;
    for (const [conversation, seq] of this.untold) {
      this.told.set(conversation, seq);
      this.send({ type: "read", conversation_id: conversation, seq });
    }
    this.untold.clear();
  }
}
