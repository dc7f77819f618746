type Listener = (data: any) => void;

/** Named events between the parts of the player (`new EventTarget()` is missing in Safari 13). */
export class Signals {
  private readonly listeners = new Map<string, Listener[]>();

  on(names: string, listener: Listener): void {
    for (const name of names.split(' ')) {
      this.listeners.set(name, [...(this.listeners.get(name) || []), listener]);
    }
  }

  emit(name: string, data: object = {}): void {
    (this.listeners.get(name) || []).forEach((listener) => listener(data));
  }
}
