import { element, setChildren, setText } from './dom';
import { icon } from './icons';
import type { Playback } from './playback';
import type { Signals } from './signals';
import { texts } from './texts';

/** What stands in the middle of the picture: the big play button, a spinner, "Processing…", or what went wrong. */
export class Overlay {
  readonly element: HTMLElement;
  private readonly bigPlay = element('button', 'big-play', { type: 'button', 'aria-label': texts.play });
  private readonly spinner = element('div', 'spinner', { 'aria-hidden': 'true' });
  private readonly message = element('div', 'message', { role: 'status', hidden: '' });

  constructor(private readonly playback: Playback, private readonly root: HTMLElement, signals: Signals) {
    this.element = element('div', 'overlay', {}, this.spinner, this.bigPlay, this.message);
    this.bigPlay.addEventListener('click', () => void playback.play());
    const { video } = playback;
    for (const name of ['waiting', 'seeking']) video.addEventListener(name, () => this.setWaiting(true));
    for (const name of ['playing', 'canplay', 'seeked', 'pause', 'emptied']) video.addEventListener(name, () => this.setWaiting(false));
    for (const name of ['play', 'pause', 'seeking']) video.addEventListener(name, () => this.draw());
    signals.on('status ended firstplay', () => this.draw());
    this.draw();
  }

  private setWaiting(waiting: boolean): void {
    this.root.classList.toggle('waiting', waiting);
  }

  private draw(): void {
    const { ended, failure, started, status, video } = this.playback;
    this.root.dataset.status = status;
    this.root.classList.toggle('playing', !video.paused);
    this.root.classList.toggle('started', started);
    this.root.classList.toggle('ended', ended);
    setChildren(this.bigPlay, icon(ended ? 'replay' : 'play'));
    this.bigPlay.setAttribute('aria-label', ended ? texts.replay : texts.play);

    if (status === 'processing') this.say(texts.processing, texts.processingHint);
    else if (failure) this.say(texts[failure]);
    else this.message.hidden = true;
  }

  private say(text: string, hint = ''): void {
    const { failure } = this.playback;
    const title = element('div', 'message-title');
    setChildren(
      this.message,
      failure ? icon('alert') : element('div', 'message-spinner', { 'aria-hidden': 'true' }), title);
    setText(title, text);
    if (hint) this.message.append(element('div', 'message-hint', {}, hint));
    if (failure === 'network' || failure === 'media') this.message.append(this.retryButton());
    this.message.hidden = false;
  }

  private retryButton(): HTMLElement {
    const button = element('button', 'message-button', { type: 'button' }, texts.retry);
    button.addEventListener('click', () => this.playback.retry());
    return button;
  }
}
