import type { Signals } from './signals';

// Safari's AirPlay, absent from TypeScript's DOM library.
type AirPlayVideo = HTMLVideoElement & { webkitCurrentPlaybackTargetIsWireless?: boolean };

/** Tells when the video moves to another screen: AirPlay in Safari, Remote Playback elsewhere. */
export function watchRemoteScreens(video: AirPlayVideo, signals: Signals): void {
  video.addEventListener('webkitcurrentplaybacktargetiswirelesschanged', () => {
    signals.emit(video.webkitCurrentPlaybackTargetIsWireless ? 'airplayConnected' : 'airplayDisconnected');
  });
  if ('webkitCurrentPlaybackTargetIsWireless' in video || !video.remote) return;
  video.remote.addEventListener('connect', () => signals.emit('chromecastConnected'));
  video.remote.addEventListener('disconnect', () => signals.emit('chromecastDisconnected'));
}
