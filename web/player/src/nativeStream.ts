import { LoadFailure } from './failure';
import { waitUntilPlayable } from './playable';
import type { Session } from './session';
import type { AudioChoice, Stream, StreamListener } from './stream';

// Not in TypeScript's DOM library: only Safari has it.
interface NativeAudioTrack { label: string; language: string; enabled: boolean }

/** Plays what the browser plays by itself: HLS in Safari and iOS, or the MP4 as the last resort. */
export class NativeStream implements Stream {
  readonly qualities: number[] = [];
  readonly chosenQuality = null;
  private readonly abort = new AbortController();
  private readonly cleanUp: (() => void)[] = [];

  constructor(
    private readonly video: HTMLVideoElement,
    source: string,
    session: Session,
    private readonly start: number,
    private readonly listener: StreamListener,
    isPlaylist = true) {
    this.listen('resize', () => listener.qualityChanged({ width: video.videoWidth, height: video.videoHeight }));
    this.listen('loadedmetadata', () => {
      if (this.start) video.currentTime = this.start;
      listener.tracksChanged();
    });
    this.listen('error', () => {
      if (video.error) listener.failed(video.error.code === MediaError.MEDIA_ERR_NETWORK ? 'network' : 'media');
    });
    void this.load(session.authorise(source), isPlaylist);
  }

  get quality(): number | null {
    return this.video.videoHeight || null;
  }

  get audioTracks(): AudioChoice[] {
    return this.nativeAudioTracks().map((track, index) => ({
      label: track.label || track.language || String(index + 1),
      chosen: track.enabled,
    }));
  }

  chooseAudio(index: number): void {
    this.nativeAudioTracks().forEach((track, position) => { track.enabled = position === index; });
    this.listener.tracksChanged();
  }

  // The browser keeps these to itself.
  chooseQuality(): void {}
  limitQuality(): void {}
  fitHeight(): void {}

  expectPlayback(): void {
    this.video.preload = 'auto';
  }

  destroy(): void {
    this.abort.abort();
    this.cleanUp.forEach((undo) => undo());
    this.video.removeAttribute('src');
    this.video.load();
  }

  private async load(url: string, isPlaylist: boolean): Promise<void> {
    try {
      if (isPlaylist) await waitUntilPlayable(url, this.abort.signal, () => this.listener.processing());
      this.listener.loading();
      this.video.preload = 'metadata';
      this.video.src = url;
    } catch (failure) {
      if (!this.abort.signal.aborted) this.listener.failed(LoadFailure.from(failure).reason);
    }
  }

  private nativeAudioTracks(): NativeAudioTrack[] {
    const { audioTracks } = this.video as unknown as { audioTracks?: ArrayLike<NativeAudioTrack> };
    return Array.from(audioTracks || []);
  }

  private listen(name: string, listener: () => void): void {
    this.video.addEventListener(name, listener);
    this.cleanUp.push(() => this.video.removeEventListener(name, listener));
  }
}
