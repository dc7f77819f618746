import { Activity } from './activity';
import { Bezel } from './bezel';
import type { PlayerConfig } from './config';
import { Controls } from './controls';
import { element, setText } from './dom';
import { listenToGestures } from './gestures';
import { icon } from './icons';
import { listenToKeys } from './keyboard';
import { Menu } from './menu';
import type { Options } from './options';
import { Overlay } from './overlay';
import type { Playback } from './playback';
import { Screen } from './screen';
import type { Signals } from './signals';
import { texts } from './texts';
import { applyTheme } from './theme';

/** Everything the viewer sees around the video. */
export class Skin {
  readonly root: HTMLElement;
  readonly screen: Screen;
  readonly controls: Controls;
  private readonly activity: Activity;
  // The original player is built with video.js: pages style its poster by this class through the SDK.
  private readonly poster = element('div', 'poster vjs-poster', { 'aria-hidden': 'true' });
  private readonly title = element('div', 'title');
  private readonly unmute: HTMLButtonElement;
  private posterUrl: string | null = null;
  private hotkeys = true;
  private chromeless = false;

  constructor(private readonly playback: Playback, private readonly signals: Signals) {
    const { video } = playback;
    this.root = element('div', 'player', { role: 'region', 'aria-label': texts.player });
    this.screen = new Screen(this.root, video, signals);
    const menu = new Menu(() => {
      this.root.classList.toggle('menu-open', menu.isOpen);
      this.activity.wake();
    });
    this.controls = new Controls(playback, this.screen, menu, signals);
    this.activity = new Activity(this.root, signals,
      () => !video.paused && !menu.isOpen && !this.controls.seekBar.dragging);
    const bezel = new Bezel();
    const stage = element('div', 'stage', {}, video, this.poster);
    this.unmute = element('button', 'unmute', { type: 'button', hidden: '' }, icon('volumeOff'), texts.unmute);
    this.unmute.addEventListener('click', () => {
      if (video.volume === 0) playback.setVolume(1);
      playback.setMuted(false);
    });
    const overlay = new Overlay(playback, this.root, signals);
    const top = element('div', 'top', {}, this.title, this.unmute);
    this.root.append(stage, playback.captions.screen, overlay.element, bezel.element, top, this.controls.element, menu.element);

    listenToGestures(stage, playback, this.screen, this.activity, menu, bezel, () => !this.chromeless);
    listenToKeys(playback, this.screen, this.controls.volume, bezel, () => this.hotkeys);
    for (const name of ['play', 'pause']) video.addEventListener(name, () => this.activity.wake());
    video.addEventListener('volumechange', () => this.drawUnmute());
    signals.on('options firstplay', () => this.drawUnmute());
    signals.on('session ready', () => this.drawPoster());
    this.watchSize();
  }

  load(config: PlayerConfig, options: Options): void {
    document.title = config.title;
    setText(this.title, config.title);
    this.posterUrl = config.poster;
    this.root.classList.remove('has-poster');
    this.applyOptions(config, options);
  }

  applyOptions({ theme }: PlayerConfig, options: Options): void {
    applyTheme(this.root, theme);
    this.hotkeys = options.hotkeys;
    this.setTitleVisible(!options.hideTitle && !theme.hideTitle);
    this.setPosterVisible(!options.hidePoster);
    this.setChromeless(options.chromeless);
    this.controls.reset();
    if (options.hideControls || theme.enableControls === false) this.controls.hide();
  }

  setTitleVisible(visible: boolean): void {
    this.root.classList.toggle('no-title', !visible || !this.title.textContent);
  }

  setPosterVisible(visible: boolean): void {
    this.root.classList.toggle('no-poster', !visible);
  }

  setChromeless(chromeless: boolean): void {
    this.chromeless = chromeless;
    this.root.classList.toggle('chromeless', chromeless);
  }

  // Once the session of a private video is open, and again when the video is ready: while it is being processed there
  // may be no picture yet. Without one the first frame is seen.
  private drawPoster(): void {
    const url = this.posterUrl && this.playback.session.authorise(this.posterUrl);
    if (!url || this.root.classList.contains('has-poster')) return;

    const image = new Image();
    image.addEventListener('load', () => {
      this.poster.style.backgroundImage = `url(${JSON.stringify(url)})`;
      this.root.classList.add('has-poster');
    });
    image.src = url;
  }

  // The one control that stays when controls are hidden: a video that started without sound must be able to get it.
  private drawUnmute(): void {
    const { mutedByBrowser, started, video } = this.playback;
    this.unmute.hidden = !video.muted || !started || !(mutedByBrowser || this.controls.areAllHidden);
  }

  private watchSize(): void {
    if (!('ResizeObserver' in window)) return;
    new ResizeObserver(() => {
      this.signals.emit('playerresize');
      this.fitStream();
    }).observe(this.root);
    this.signals.on('tracks', () => this.fitStream());
  }

  private fitStream(): void {
    const pixels = Math.round(this.root.clientHeight * (window.devicePixelRatio || 1));
    this.playback.stream?.fitHeight(pixels);
  }
}
