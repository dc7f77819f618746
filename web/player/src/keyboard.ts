import type { Bezel } from './bezel';
import type { Playback } from './playback';
import type { Screen } from './screen';
import { speedLabel, speeds } from './settings';
import { texts } from './texts';
import type { Volume } from './volume';

const shortStep = 5;
const longStep = 10;
const volumeStep = 0.05;

/** Keys of the player, by their place on the keyboard (`event.code`), so that they work in a Russian layout too. */
export function listenToKeys(
  playback: Playback, screen: Screen, volume: Volume, bezel: Bezel, isEnabled: () => boolean): void {
  const { captions, video } = playback;

  const seekBy = (seconds: number) => {
    playback.seekBy(seconds);
    bezel.show(seconds > 0 ? 'next' : 'back', `${seconds > 0 ? '+' : '−'}${Math.abs(seconds)}`);
  };
  const changeVolume = (change: number) => {
    playback.setVolume(Math.round((video.volume + change) * 100) / 100);
    playback.setMuted(video.volume === 0);
    bezel.show(video.volume ? 'volumeHigh' : 'volumeOff', `${Math.round(video.volume * 100)}%`);
  };
  const changeSpeed = (change: 1 | -1) => {
    const next = speeds.filter((speed) => (speed - video.playbackRate) * change > 0);
    if (next.length) playback.setRate(change > 0 ? next[0] : next[next.length - 1]);
    bezel.show(null, speedLabel(video.playbackRate));
  };
  const toggle = () => {
    bezel.show(video.paused ? 'play' : 'pause');
    playback.toggle();
  };
  const toggleCaptions = () => {
    if (!captions.tracks.length) return;
    captions.toggle();
    bezel.show('captions', captions.chosenIndex < 0 ? texts.off : captions.labels[captions.chosenIndex]);
  };
  const toggleMuted = () => {
    volume.toggle();
    bezel.show(video.muted ? 'volumeOff' : 'volumeHigh');
  };

  const actions: Record<string, () => void> = {
    Space: toggle,
    KeyK: toggle,
    ArrowLeft: () => seekBy(-shortStep),
    ArrowRight: () => seekBy(shortStep),
    KeyJ: () => seekBy(-longStep),
    KeyL: () => seekBy(longStep),
    ArrowUp: () => changeVolume(volumeStep),
    ArrowDown: () => changeVolume(-volumeStep),
    KeyM: toggleMuted,
    KeyF: () => screen.toggleFullscreen(),
    KeyC: toggleCaptions,
    Home: () => playback.seekTo(playback.range.start),
    End: () => playback.seekTo(playback.range.end),
    'Shift+Comma': () => changeSpeed(-1),
    'Shift+Period': () => changeSpeed(1),
  };
  for (let digit = 0; digit <= 9; digit++) {
    actions[`Digit${digit}`] = actions[`Numpad${digit}`] = () => playback.seekTo(playback.range.end * digit / 10);
  }

  document.addEventListener('keydown', (event) => {
    if (!isEnabled() || event.ctrlKey || event.metaKey || event.altKey || usesKey(event)) return;
    const action = actions[event.shiftKey ? `Shift+${event.code}` : event.code];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

// A focused button answers to Space itself, the volume slider to the arrows.
function usesKey({ code, target }: KeyboardEvent): boolean {
  if (target instanceof HTMLButtonElement) return code === 'Space';
  return target instanceof HTMLInputElement && /^(Arrow|Home|End)/.test(code);
}
