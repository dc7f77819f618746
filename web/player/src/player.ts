import { fetchConfig } from './config';
import type { PlayerConfig } from './config';
import type { ControlName } from './controls';
import { element } from './dom';
import { parseOptions } from './options';
import type { Options } from './options';
import { ParentPage } from './parentPage';
import { Playback } from './playback';
import { watchRemoteScreens } from './remote';
import { Signals } from './signals';
import { Skin } from './skin';

/** The whole player: the playback, what is seen of it, and the page around it. */
export class Player {
  readonly signals = new Signals();
  readonly video = element('video', 'video', { playsinline: '', preload: 'metadata' });
  readonly playback = new Playback(this.video, this.signals);
  readonly skin = new Skin(this.playback, this.signals);
  private readonly parentPage = new ParentPage(this);
  private config: PlayerConfig | null = null;
  private requestedAddress = '';
  private qualityLimits: { minimal: number | null; maximal: number | null } = { minimal: null, maximal: null };

  constructor() {
    watchRemoteScreens(this.video, this.signals);
    // The SDK joins a player that is already in the page by changing the fragment of its address.
    window.addEventListener('hashchange', () => this.rejoin());
  }

  load(config: PlayerConfig, options: Options): void {
    this.config = config;
    this.qualityLimits = { minimal: options.minimalQuality, maximal: options.maximalQuality };
    this.parentPage.connect(options, config.theme.enableApi !== false);
    this.skin.load(config, options);
    void this.playback.load(config, options);
  }

  /** Loads the video of another embed page of this server, in place. */
  async loadAddress(address: string): Promise<void> {
    const url = new URL(address, location.href);
    if (url.origin !== location.origin) return;

    this.requestedAddress = url.href;
    this.playback.unload();
    const config = await fetchConfig(url.href).catch(() => null);
    if (this.requestedAddress !== url.href) return;
    if (config) this.load(config, parseOptions(url.href));
    else this.playback.fail('notFound');
  }

  limitQuality(limits: { minimal?: number; maximal?: number }): void {
    this.qualityLimits = { ...this.qualityLimits, ...limits };
    this.playback.stream?.limitQuality(this.qualityLimits.minimal, this.qualityLimits.maximal);
  }

  hideControls(names?: ControlName[]): void {
    this.skin.controls.hide(names);
    if (!names) this.signals.emit('controlsdisabled');
    this.signals.emit('options');
  }

  showControls(names?: ControlName[]): void {
    this.skin.controls.show(names);
    if (!names) this.signals.emit('controlsenabled');
    this.signals.emit('options');
  }

  destroy(): void {
    this.playback.pause();
    this.playback.unload();
    this.skin.root.remove();
  }

  private rejoin(): void {
    if (!this.config) return;
    const options = parseOptions(location.href);
    this.parentPage.connect(options, this.config.theme.enableApi !== false);
    this.skin.applyOptions(this.config, options);
    if (this.playback.status === 'ready') this.parentPage.tell('ready');
  }
}
