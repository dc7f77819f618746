import { controlNames } from './controls';
import type { ControlName } from './controls';
import type { Player } from './player';
import { applyTheme } from './theme';

/** A message of the player SDK: `message` names the command, the rest are its arguments. */
export type CommandMessage = Record<string, unknown>;
type Command = (player: Player, message: CommandMessage) => void;
type Getter = (player: Player) => unknown;

/** What the player SDK asks to do. */
export const commands = new Map<string, Command>(Object.entries<Command>({
  loadConfig: (player, { url }) => { if (typeof url === 'string') void player.loadAddress(url); },
  play: ({ playback }) => void playback.play(),
  pause: ({ playback }) => playback.pause(),
  mute: ({ playback }) => playback.setMuted(true),
  unmute: ({ playback }) => playback.setMuted(false),
  seek: ({ playback }, { seek }) => withNumber(seek, (seconds) => playback.seekBy(seconds)),
  setCurrentTime: ({ playback }, { currentTime }) => withNumber(currentTime, (time) => playback.seekTo(time)),
  setVolume: ({ playback }, { volume }) => withNumber(volume, (value) => playback.setVolume(value)),
  setAutoplay: ({ playback }, { autoplay }) => playback.setAutoplay(!!autoplay),
  setLoop: ({ playback }, { loop }) => { playback.loop = !!loop; },
  setPlaybackRate: ({ playback }, { rate }) => withNumber(rate, (value) => playback.setRate(value)),
  setMinimalQuality: (player, { quality }) => withNumber(quality, (height) => player.limitQuality({ minimal: height })),
  setMaximalQuality: (player, { quality }) => withNumber(quality, (height) => player.limitQuality({ maximal: height })),
  setChromeless: ({ skin }, { chromeless }) => skin.setChromeless(!!chromeless),
  setTheme: ({ skin }, { theme }) => { if (theme && typeof theme === 'object') applyTheme(skin.root, theme); },
  setStyleProperty: ({ skin }, { query, property, value }) => setStyle(skin.root, query, property, value),
  hideControls: (player, { controls }) => player.hideControls(knownControls(controls)),
  showControls: (player, { controls }) => player.showControls(knownControls(controls)),
  hideSubtitles: ({ playback }) => playback.captions.hide(),
  showSubtitles: ({ playback }) => playback.captions.show(),
  hideTitle: ({ skin }) => skin.setTitleVisible(false),
  showTitle: ({ skin }) => skin.setTitleVisible(true),
  hidePoster: ({ skin }) => skin.setPosterVisible(false),
  showPoster: ({ skin }) => skin.setPosterVisible(true),
  requestFullscreen: ({ skin }) => skin.screen.enterFullscreen(),
  exitFullscreen: ({ skin }) => skin.screen.exitFullscreen(),
  requestPictureInPicture: ({ skin }) => skin.screen.enterPictureInPicture(),
  exitPictureInPicture: ({ skin }) => skin.screen.exitPictureInPicture(),
  destroy: (player) => player.destroy(),
}));

/** What the player SDK asks to tell. */
export const getters = new Map<string, Getter>(Object.entries<Getter>({
  getPaused: ({ video }) => video.paused,
  getMuted: ({ video }) => video.muted,
  getPlaying: ({ video }) => !video.paused && !video.ended && video.readyState > HTMLMediaElement.HAVE_CURRENT_DATA,
  getDuration: ({ video }) => video.duration,
  getCurrentTime: ({ video }) => video.currentTime,
  getPlaybackRate: ({ video }) => video.playbackRate,
  getVolume: ({ video }) => video.volume,
  getLoop: ({ playback }) => playback.loop,
  getVideoSize: ({ video }) => ({ width: video.videoWidth, height: video.videoHeight }),
  isLiveStream: ({ playback }) => playback.isLive,
  getMp4Url: ({ playback }) => playback.mp4Url,
}));

function withNumber(value: unknown, action: (number: number) => void): void {
  const number = typeof value === 'string' ? parseFloat(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) action(number);
}

function knownControls(names: unknown): ControlName[] | undefined {
  if (!Array.isArray(names)) return undefined;
  return controlNames.filter((name) => names.includes(name));
}

function setStyle(root: HTMLElement, query: unknown, property: unknown, value: unknown): void {
  if (typeof query !== 'string' || typeof property !== 'string' || typeof value !== 'string') return;
  try {
    root.querySelectorAll<HTMLElement>(query).forEach((target) => target.style.setProperty(property, value));
  } catch {
    // Not a selector.
  }
}
