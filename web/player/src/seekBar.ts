import { element, setChildren, setText } from './dom';
import type { Playback } from './playback';
import type { Signals } from './signals';
import { texts } from './texts';
import { formatTime } from './time';

const tipTime = 1500;

/** The bar of time: what is played, what is buffered, where the pointer is and what is seen there. */
export class SeekBar {
  readonly element = element('div', 'seek', { role: 'slider', tabindex: '0', 'aria-label': texts.seek, 'aria-valuemin': '0' });
  dragging = false;
  private readonly buffered = element('div', 'seek-layer');
  private readonly hovered = element('div', 'seek-hovered');
  private readonly played = element('div', 'seek-played');
  private readonly chapters = element('div', 'seek-layer');
  private readonly handle = element('div', 'seek-handle');
  private readonly picture = element('div', 'seek-picture', { hidden: '' });
  private readonly label = element('div', 'seek-label');
  private readonly tip = element('div', 'seek-tip', {}, this.picture, this.label);
  private pendingTime: number | null = null;
  private shownTime: number | null = null;
  private tipTimer = 0;

  constructor(private readonly playback: Playback, signals: Signals) {
    const track = element('div', 'seek-track', {}, this.buffered, this.hovered, this.played, this.chapters);
    this.element.append(track, this.handle, this.tip);

    this.element.addEventListener('pointerdown', (event) => this.startDragging(event));
    this.element.addEventListener('pointermove', (event) => this.onMove(event));
    this.element.addEventListener('pointerup', () => this.stopDragging());
    this.element.addEventListener('pointercancel', () => this.stopDragging());

    const { video } = playback;
    for (const name of ['timeupdate', 'durationchange', 'seeking', 'emptied']) video.addEventListener(name, () => this.draw());
    for (const name of ['progress', 'durationchange', 'emptied']) video.addEventListener(name, () => this.drawBuffered());
    video.addEventListener('seeked', () => this.seekPending());
    video.addEventListener('seeking', () => this.showKeyboardTip());
    video.addEventListener('play', () => this.followPlayback());
    playback.storyboard.loaded = () => { if (this.shownTime !== null) this.showTip(this.shownTime); };
    signals.on('tracks', () => this.drawChapters());
  }

  private get length(): number {
    const { start, end } = this.playback.range;
    return end - start;
  }

  private draw(): void {
    const { video, range } = this.playback;
    const time = this.pendingTime ?? video.currentTime;
    const share = this.shareOf(time);
    this.played.style.transform = `scaleX(${share})`;
    this.handle.style.left = `${share * 100}%`;
    this.element.setAttribute('aria-valuemax', String(Math.round(range.end)));
    this.element.setAttribute('aria-valuenow', String(Math.round(time)));
    this.element.setAttribute('aria-valuetext', `${formatTime(time)} ${texts.of} ${formatTime(range.end)}`);
  }

  // "timeupdate" comes four times a second, which shows as jumps on a short video.
  private followPlayback(): void {
    const { video } = this.playback;
    this.draw();
    if (!video.paused) requestAnimationFrame(() => this.followPlayback());
  }

  private drawBuffered(): void {
    const { buffered } = this.playback.video;
    const spans = Array.from({ length: buffered.length }, (_, index) => {
      const span = element('div', 'seek-buffered');
      const start = this.shareOf(buffered.start(index));
      span.style.left = `${start * 100}%`;
      span.style.width = `${(this.shareOf(buffered.end(index)) - start) * 100}%`;
      return span;
    });
    setChildren(this.buffered, ...spans);
  }

  private drawChapters(): void {
    const marks = this.playback.chapters.list.filter(({ start }) => start > 0 && start < this.length).map(({ start }) => {
      const mark = element('div', 'seek-chapter');
      mark.style.left = `${this.shareOf(start) * 100}%`;
      return mark;
    });
    setChildren(this.chapters, ...marks);
  }

  private shareOf(time: number): number {
    return this.length > 0 ? Math.min(Math.max((time - this.playback.range.start) / this.length, 0), 1) : 0;
  }

  private timeAt(event: PointerEvent): number {
    const { left, width } = this.element.getBoundingClientRect();
    return this.playback.range.start + Math.min(Math.max((event.clientX - left) / width, 0), 1) * this.length;
  }

  private startDragging(event: PointerEvent): void {
    if (event.button !== 0 || this.length <= 0) return;
    this.element.setPointerCapture(event.pointerId);
    this.dragging = true;
    this.element.classList.add('dragging');
    this.onMove(event);
  }

  private stopDragging(): void {
    this.dragging = false;
    this.element.classList.remove('dragging');
    this.seekPending();
  }

  private onMove(event: PointerEvent): void {
    const time = this.timeAt(event);
    this.hovered.style.transform = `scaleX(${this.shareOf(time)})`;
    this.showTip(time);
    if (!this.dragging) return;
    this.pendingTime = time;
    this.draw();
    // One seek at a time: a browser that gets them faster than it decodes shows nothing until the pointer rests.
    if (!this.playback.video.seeking) this.seekPending();
  }

  private seekPending(): void {
    if (this.pendingTime === null) return;
    this.playback.seekTo(this.pendingTime);
    this.pendingTime = null;
  }

  // Who steps through the video with the keys of the focused bar sees where to, as with a pointer.
  private showKeyboardTip(): void {
    if (this.dragging || !this.element.matches(':focus-visible')) return;
    this.showTip(this.playback.video.currentTime);
    this.element.classList.add('stepping');
    clearTimeout(this.tipTimer);
    this.tipTimer = window.setTimeout(() => this.element.classList.remove('stepping'), tipTime);
  }

  private showTip(time: number): void {
    this.shownTime = time;
    const title = this.playback.chapters.titleAt(time);
    setText(this.label, title ? `${title} · ${formatTime(time)}` : formatTime(time));
    this.drawPicture(time);
    const { clientWidth } = this.element;
    const half = this.tip.offsetWidth / 2;
    const centre = Math.min(Math.max(this.shareOf(time) * clientWidth, half), clientWidth - half);
    this.tip.style.transform = `translateX(${centre - half}px)`;
  }

  private drawPicture(time: number): void {
    const tile = this.playback.storyboard.tileAt(time);
    this.picture.hidden = !tile;
    if (!tile) return;
    const { style } = this.picture;
    style.width = `${tile.width}px`;
    style.height = `${tile.height}px`;
    style.background = `url(${JSON.stringify(tile.url)}) -${tile.x}px -${tile.y}px`;
  }
}
