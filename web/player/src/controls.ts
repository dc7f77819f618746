import { IconButton } from './button';
import { element, setText } from './dom';
import type { Menu } from './menu';
import type { Playback } from './playback';
import type { Screen } from './screen';
import { SeekBar } from './seekBar';
import { captionsPage, settingsPage } from './settings';
import type { Signals } from './signals';
import { texts } from './texts';
import { formatTime } from './time';
import { Volume } from './volume';

/** The player SDK's names of the controls. */
export const controlNames = [
  'play', 'seekBackward', 'seekForward', 'playbackRate', 'volume', 'fullscreen', 'subtitles', 'chapters',
  'pictureInPicture', 'progressBar', 'chromecast', 'download', 'more',
] as const;

export type ControlName = typeof controlNames[number];

const seekStep = 10;

/** The bar of controls under the picture. */
export class Controls {
  readonly element = element('div', 'controls');
  readonly seekBar: SeekBar;
  readonly volume: Volume;
  private readonly hidden = new Set<ControlName>(['download']);
  private readonly playButton: IconButton;
  private readonly captionsButton: IconButton;
  private readonly settingsButton: IconButton;
  private readonly fullscreenButton: IconButton;
  private readonly downloadLink = element('a', 'download-link', { download: '', hidden: '' });
  private readonly currentTime = element('span', 'time-current');
  private readonly duration = element('span', 'time-duration');
  private readonly live = element('button', 'live-badge', { type: 'button', hidden: '' }, texts.live);
  private readonly parts: { names: ControlName[]; element: HTMLElement; isUseful?(): boolean }[];

  constructor(
    private readonly playback: Playback,
    private readonly screen: Screen,
    private readonly menu: Menu,
    signals: Signals) {
    const { video, captions } = playback;
    const settings = settingsPage(playback, (name) => !this.hidden.has(name));
    this.seekBar = new SeekBar(playback, signals);
    this.volume = new Volume(playback);
    this.playButton = new IconButton('play', texts.play, () => playback.toggle(), 'play-button');
    const backward = new IconButton('seekBackward', texts.seekBackward, () => playback.seekBy(-seekStep), 'seek-button');
    const forward = new IconButton('seekForward', texts.seekForward, () => playback.seekBy(seekStep), 'seek-button');
    this.captionsButton = new IconButton('captions', texts.captions, () => menu.toggle(captionsPage(playback), this.captionsButton.element), 'captions-button');
    this.settingsButton = new IconButton('settings', texts.settings, () => menu.toggle(settings, this.settingsButton.element), 'settings-button');
    const download = new IconButton('download', texts.download, () => this.downloadLink.click());
    const pictureInPicture = new IconButton('pictureInPicture', texts.pictureInPicture, () => screen.togglePictureInPicture(), 'picture-in-picture-button');
    this.fullscreenButton = new IconButton('fullscreen', texts.fullscreen, () => screen.toggleFullscreen());
    this.live.addEventListener('click', () => playback.seekTo(playback.range.end));

    this.parts = [
      { names: ['progressBar'], element: this.seekBar.element, isUseful: () => playback.range.end > 0 },
      { names: ['play'], element: this.playButton.element },
      { names: ['seekBackward'], element: backward.element },
      { names: ['seekForward'], element: forward.element },
      { names: ['volume'], element: this.volume.element },
      { names: ['subtitles'], element: this.captionsButton.element, isUseful: () => captions.tracks.length > 0 },
      { names: ['more', 'playbackRate', 'chapters'], element: this.settingsButton.element, isUseful: () => settings.items().length > 0 },
      { names: ['download'], element: download.element, isUseful: () => !!playback.mp4Url },
      { names: ['pictureInPicture'], element: pictureInPicture.element, isUseful: () => screen.canPictureInPicture },
      { names: ['fullscreen'], element: this.fullscreenButton.element, isUseful: () => screen.canFullscreen },
    ];
    for (const button of [this.captionsButton, this.settingsButton]) {
      button.element.setAttribute('aria-haspopup', 'menu');
      button.element.setAttribute('aria-expanded', 'false');
    }
    for (const part of this.parts) part.element.dataset.control = part.names[0];

    const time = element('div', 'time', {}, this.currentTime, this.duration, this.live);
    this.element.append(
      this.seekBar.element,
      element('div', 'row', {},
        this.playButton.element, backward.element, forward.element, this.volume.element, time, element('div', 'spacer'),
        this.captionsButton.element, this.settingsButton.element, download.element, this.downloadLink,
        pictureInPicture.element, this.fullscreenButton.element));

    for (const name of ['timeupdate', 'durationchange', 'seeking', 'emptied']) video.addEventListener(name, () => this.drawTime());
    for (const name of ['play', 'pause', 'seeking']) video.addEventListener(name, () => this.drawPlay());
    video.addEventListener('durationchange', () => this.arrange());
    video.addEventListener('ratechange', () => menu.refresh());
    signals.on('ended', () => this.drawPlay());
    signals.on('fullscreenchange', () => this.drawFullscreen());
    signals.on('tracks session', () => this.arrange());
    this.drawTime();
    this.arrange();
  }

  get areAllHidden(): boolean {
    return this.hidden.size === controlNames.length;
  }

  hide(names: readonly ControlName[] = controlNames): void {
    names.forEach((name) => this.hidden.add(name));
    this.arrange();
  }

  show(names: readonly ControlName[] = controlNames): void {
    names.forEach((name) => this.hidden.delete(name));
    this.arrange();
  }

  /** The choice a new player starts with: everything but the download. */
  reset(): void {
    this.hidden.clear();
    this.hide(['download']);
  }

  private arrange(): void {
    for (const { names, element: part, isUseful } of this.parts) {
      part.hidden = names.every((name) => this.hidden.has(name)) || (!!isUseful && !isUseful());
    }
    this.element.hidden = this.areAllHidden;
    this.captionsButton.element.classList.toggle('on', this.playback.captions.chosenIndex >= 0);
    this.downloadLink.href = this.playback.downloadUrl || '';
    this.menu.refresh();
  }

  private drawTime(): void {
    const { isLive, range, video } = this.playback;
    setText(this.currentTime, formatTime(video.currentTime));
    setText(this.duration, formatTime(range.end));
    this.currentTime.hidden = this.duration.hidden = isLive;
    this.live.hidden = !isLive;
  }

  private drawPlay(): void {
    const { ended, video } = this.playback;
    if (ended) this.playButton.show('replay', texts.replay);
    else if (video.paused) this.playButton.show('play', texts.play);
    else this.playButton.show('pause', texts.pause);
  }

  private drawFullscreen(): void {
    if (this.screen.isFullscreen) this.fullscreenButton.show('exitFullscreen', texts.exitFullscreen);
    else this.fullscreenButton.show('fullscreen', texts.fullscreen);
  }
}
