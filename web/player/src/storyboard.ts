import type { Session } from './session';

/** A part of a sheet of small pictures. */
export interface Tile {
  url: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

const cue = /([\d:.]+)\s+-->\s+[\d:.]+[^\n]*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/g;
// A storyboard comes with the last segments: while it is being made, asking now and then is enough.
const pause = 15000;

/** The pictures of the seek bar: an index in WebVTT, read when somebody first looks for it, and the sheets it names. */
export class Storyboard {
  /** Called when the pictures have come. */
  loaded: () => void = () => undefined;
  private tiles: (Tile & { start: number })[] = [];
  private session: Session | null = null;
  private address: string | null = null;
  private loading = new AbortController();
  private nextTry = 0;

  open(address: string | null, session: Session): void {
    this.close();
    this.address = address;
    this.session = session;
  }

  close(): void {
    this.loading.abort();
    this.loading = new AbortController();
    this.address = null;
    this.tiles = [];
    this.nextTry = 0;
  }

  /** Null where there is no picture, or not yet: then it is looked for. */
  tileAt(time: number): Tile | null {
    if (!this.tiles.length) void this.load();

    let [from, to] = [0, this.tiles.length];
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      if (this.tiles[middle].start <= time) from = middle;
      else to = middle;
    }
    return this.tiles[from] || null;
  }

  private async load(): Promise<void> {
    const { address, session } = this;
    if (!address || !session || performance.now() < this.nextTry) return;
    this.nextTry = Infinity;

    const { signal } = this.loading;
    const url = session.authorise(address);
    try {
      const response = await fetch(url, { signal });
      const text = response.status === 200 ? await response.text() : '';
      if (signal.aborted) return;
      if (response.status === 202) this.nextTry = performance.now() + pause;
      this.read(text, url, session);
      this.loaded();
    } catch {
      // Without pictures the bar still tells the time.
      if (!signal.aborted) this.nextTry = performance.now() + pause;
    }
  }

  private read(text: string, base: string, session: Session): void {
    for (let match = cue.exec(text); match; match = cue.exec(text)) {
      const [x, y, width, height] = match.slice(3).map(Number);
      this.tiles.push({ start: seconds(match[1]), url: session.authorise(new URL(match[2], base).href), x, y, width, height });
    }
  }
}

function seconds(time: string): number {
  return time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}
