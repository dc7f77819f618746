import { IconButton } from './button';
import { element } from './dom';
import type { Playback } from './playback';
import { texts } from './texts';

/** The mute button with a slider that unfolds beside it. */
export class Volume {
  readonly element: HTMLElement;
  private readonly button: IconButton;
  private readonly slider = element('input', 'volume-slider', {
    type: 'range', min: '0', max: '100', step: '1', 'aria-label': texts.volume,
  });

  constructor(private readonly playback: Playback) {
    this.button = new IconButton('volumeHigh', texts.mute, () => this.toggle());
    this.element = element('div', 'volume', { 'data-control': 'volume' }, this.button.element, this.slider);
    this.slider.addEventListener('input', () => {
      playback.setVolume(Number(this.slider.value) / 100);
      playback.setMuted(this.slider.value === '0');
    });
    playback.video.addEventListener('volumechange', () => this.draw());
    this.draw();
  }

  toggle(): void {
    const { video } = this.playback;
    const silent = video.muted || video.volume === 0;
    if (video.volume === 0) this.playback.setVolume(0.5);
    this.playback.setMuted(!silent);
  }

  private draw(): void {
    const { muted, volume } = this.playback.video;
    const audible = muted ? 0 : volume;
    const name = audible === 0 ? 'volumeOff' : audible < 0.5 ? 'volumeLow' : 'volumeHigh';
    this.button.show(name, audible === 0 ? texts.unmute : texts.mute);
    this.slider.value = String(Math.round(audible * 100));
    this.slider.style.setProperty('--level', `${Math.round(audible * 100)}%`);
  }
}
