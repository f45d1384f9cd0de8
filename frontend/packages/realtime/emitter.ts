/** Somebody to tell. A listener that is added or taken away meanwhile hears the next one. */
export class Emitter<Value> {
  private readonly listeners = new Set<(value: Value) => void>();

  readonly listen = (listener: (value: Value) => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  tell(value: Value): void {
    for (const listener of [...this.listeners]) listener(value);
  }
}
