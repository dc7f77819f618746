import { commands, getters } from './commands';
import type { CommandMessage } from './commands';
import type { Options } from './options';
import type { Player } from './player';

// Told to the embedding page as they are: the names are those of api.video's player SDK.
const videoEvents = ['pause', 'play', 'ratechange', 'resize', 'seeking'];
const playerEvents = [
  'airplayConnected', 'airplayDisconnected', 'chromecastConnected', 'chromecastDisconnected', 'controlsdisabled',
  'controlsenabled', 'ended', 'error', 'firstplay', 'fullscreenchange', 'mouseenter', 'mouseleave', 'playerresize',
  'qualitychange', 'ready', 'useractive', 'userinactive',
];

/** The page that embeds the player, as it speaks through api.video's player SDK: `window.postMessage` both ways. */
export class ParentPage {
  private sdkPlayerId: string | null = null;
  private origin: string | null = null;
  private enabled = false;

  constructor(private readonly player: Player) {
    const { signals, video } = player;
    window.addEventListener('message', (event) => this.onMessage(event));
    for (const name of videoEvents) video.addEventListener(name, () => this.tell(name));
    for (const name of playerEvents) signals.on(name, (data) => this.tell(name, data));
    video.addEventListener('timeupdate', () => this.tell('timeupdate', { currentTime: video.currentTime }));
    video.addEventListener('volumechange', () => this.tell('volumechange', { volume: video.volume }));
  }

  /** Takes who to speak with from the iframe's address, which the SDK may change later to join a player that is there. */
  connect({ api, sdkOrigin, sdkPlayerId }: Options, enabledByTheme: boolean): void {
    this.enabled = window.parent !== window && (api || enabledByTheme);
    this.sdkPlayerId = sdkPlayerId;
    this.origin = sdkOrigin;
    this.tell('sdkSync');
  }

  tell(type: string, data: object = {}): void {
    this.post({ ...data, type }, this.origin || '*');
  }

  private onMessage({ data, origin, source }: MessageEvent): void {
    if (!this.enabled || source !== window.parent || !data || typeof data !== 'object') return;
    if (this.origin && origin !== this.origin) return;
    if (this.sdkPlayerId && String(data.sdkPlayerId) !== this.sdkPlayerId) return;
    this.obey(data, origin);
  }

  private obey(message: CommandMessage, origin: string): void {
    const name = String(message.message);
    const getter = getters.get(name);
    commands.get(name)?.(this.player, message);
    if (getter) this.post({ callbackId: message.callbackId, arg: getter(this.player) }, origin);
  }

  private post(message: object, origin: string): void {
    // An opaque origin ("null", a sandboxed page) can't be named as the target.
    const target = origin === 'null' ? '*' : origin;
    if (this.enabled) window.parent.postMessage({ ...message, sdkPlayerId: this.sdkPlayerId }, target);
  }
}
