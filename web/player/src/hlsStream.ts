import Hls, { ErrorDetails, ErrorTypes, Events } from 'hls.js';
import type { ErrorData, Level } from 'hls.js';
import { LoadFailure } from './failure';
import { waitUntilPlayable } from './playable';
import type { Session } from './session';
import type { AudioChoice, Stream, StreamListener } from './stream';

declare const WORKER_URL: string;

const bufferBeforePlayback = 4;
const bufferWhilePlaying = 30;
// Until the first segments are measured: enough for 480p, little enough to start fast on a phone.
const assumedBandwidth = 1_500_000;
const networkAttempts = 6;
const mediaAttempts = 3;

/** Plays HLS through Media Source Extensions. */
export class HlsStream implements Stream {
  private readonly hls: Hls;
  private readonly abort = new AbortController();
  private minimal: number | null = null;
  private maximal: number | null = null;
  private fit = Infinity;
  private networkFailures = 0;
  private mediaFailures = 0;
  private manifestFailures = 0;
  private retryTimer = 0;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly manifestUrl: string,
    private readonly session: Session,
    start: number,
    private readonly listener: StreamListener) {
    this.hls = new Hls({
      workerPath: WORKER_URL,
      startPosition: start || -1,
      abrEwmaDefaultEstimate: assumedBandwidth,
      maxBufferLength: bufferBeforePlayback,
      maxMaxBufferLength: 120,
      backBufferLength: 60,
      xhrSetup: (request, url) => request.open('GET', session.authorise(url), true),
    });

    this.hls.on(Events.MANIFEST_PARSED, () => this.applyLimits());
    this.hls.on(Events.LEVEL_SWITCHED, (_, { level }) => this.announceQuality(this.hls.levels[level]));
    this.hls.on(Events.AUDIO_TRACKS_UPDATED, () => listener.tracksChanged());
    this.hls.on(Events.AUDIO_TRACK_SWITCHED, () => listener.tracksChanged());
    this.hls.on(Events.FRAG_BUFFERED, () => { this.networkFailures = 0; });
    this.hls.on(Events.ERROR, (_, error) => this.recover(error));
    // hls.js keeps what lies in the buffer near the end of a video; a loop or a jump back would play it for ever.
    video.addEventListener('seeking', () => this.refuseUnchosen(), { signal: this.abort.signal });
    this.hls.loadSource(manifestUrl);
    this.hls.attachMedia(video);
  }

  get qualities(): number[] {
    const heights = this.hls.levels.filter((level) => this.isAllowed(level)).map((level) => level.height);
    return Array.from(new Set(heights)).filter((height) => height > 0).sort((a, b) => b - a);
  }

  get chosenQuality(): number | null {
    return this.hls.autoLevelEnabled ? null : this.hls.levels[this.hls.manualLevel]?.height || null;
  }

  get quality(): number | null {
    return this.hls.levels[this.hls.currentLevel]?.height || null;
  }

  get audioTracks(): AudioChoice[] {
    return this.hls.audioTracks.map((track, index) => ({
      label: track.name || track.lang || String(index + 1),
      chosen: index === this.hls.audioTrack,
    }));
  }

  chooseQuality(height: number | null): void {
    const level = height === null ? -1 : this.bestLevelOf(height);
    this.switchTo(level);
    this.listener.tracksChanged();
  }

  limitQuality(minimal: number | null, maximal: number | null): void {
    this.minimal = minimal;
    this.maximal = maximal;
    this.applyLimits();
    const current = this.hls.levels[this.hls.currentLevel];
    if (current && !this.isAllowed(current)) this.switchTo(-1);
  }

  chooseAudio(index: number): void {
    this.hls.audioTrack = index;
  }

  expectPlayback(): void {
    this.hls.config.maxBufferLength = bufferWhilePlaying;
    if (!this.hls.loadingEnabled && this.hls.levels.length) this.hls.startLoad();
  }

  fitHeight(pixels: number): void {
    if (pixels === this.fit) return;
    this.fit = pixels;
    this.applyLimits();
  }

  destroy(): void {
    this.abort.abort();
    clearTimeout(this.retryTimer);
    this.hls.destroy();
  }

  private applyLimits(): void {
    const { levels } = this.hls;
    if (!levels.length) return;

    // hls.js orders levels by quality, lowest first.
    const allowed = levels.filter((level) => this.isAllowed(level));
    const fitting = allowed.find((level) => level.height >= this.fit) || allowed[allowed.length - 1];
    this.hls.autoLevelCapping = levels.indexOf(fitting);
    this.hls.config.minAutoBitrate = this.minimal ? allowed[0].bitrate : 0;
    const chosen = this.chosenQuality;
    if (chosen && !allowed.some((level) => level.height === chosen)) this.chooseQuality(null);
    this.listener.tracksChanged();
  }

  // A playing picture changes without a stall, at the next segment; a paused one at once, and must be told to redraw.
  private switchTo(level: number): void {
    const { hls, video } = this;
    if (!video.paused) {
      hls.nextLevel = level;
      return;
    }
    hls.currentLevel = level;
    hls.once(Events.FRAG_BUFFERED, () => { if (video.paused) video.currentTime = video.currentTime; });
  }

  // Limits that no level meets are ignored: better another quality than no video.
  private refuseUnchosen(): void {
    const { hls } = this;
    const playing = hls.levels[hls.currentLevel];
    if (!playing) return;
    const unchosen = hls.manualLevel >= 0 && hls.manualLevel !== hls.currentLevel;
    if (unchosen || !this.isAllowed(playing)) hls.currentLevel = hls.manualLevel;
  }

  private isAllowed(level: Level): boolean {
    const within = ({ height }: Level) => height >= (this.minimal || 0) && height <= (this.maximal || Infinity);
    return within(level) || !this.hls.levels.some(within);
  }

  private bestLevelOf(height: number): number {
    const heights = this.hls.levels.map((level) => level.height);
    return heights.lastIndexOf(height);
  }

  private announceQuality(level: Level | undefined): void {
    if (level) this.listener.qualityChanged({ width: level.width, height: level.height });
    this.listener.tracksChanged();
  }

  private recover(error: ErrorData): void {
    if (isManifestError(error)) {
      void this.retryManifest();
    } else if (!error.fatal) {
      return;
    } else if (error.type === ErrorTypes.NETWORK_ERROR) {
      this.retryNetwork(error);
    } else if (error.type === ErrorTypes.MEDIA_ERROR && ++this.mediaFailures <= mediaAttempts) {
      this.recoverMedia();
    } else {
      this.listener.failed('media');
    }
  }

  // hls.js attaches the video anew, which pauses it.
  private recoverMedia(): void {
    const wasPlaying = !this.video.paused;
    if (this.mediaFailures === 2) this.hls.swapAudioCodec();
    this.hls.recoverMediaError();
    if (wasPlaying) this.video.play().catch(() => undefined);
  }

  private async retryManifest(): Promise<void> {
    if (++this.manifestFailures > 2) return this.listener.failed('media');

    try {
      await waitUntilPlayable(this.session.authorise(this.manifestUrl), this.abort.signal, () => {
        this.manifestFailures = 0;
        this.listener.processing();
      });
      this.listener.loading();
      this.hls.loadSource(this.manifestUrl);
    } catch (failure) {
      if (!this.abort.signal.aborted) this.listener.failed(LoadFailure.from(failure).reason);
    }
  }

  private retryNetwork(error: ErrorData): void {
    const status = error.response?.code || 0;
    if (++this.networkFailures > networkAttempts) {
      return this.listener.failed(LoadFailure.fromStatus(status).reason);
    }
    this.listener.loading();
    clearTimeout(this.retryTimer);
    this.retryTimer = window.setTimeout(() => this.hls.startLoad(), 500 * 2 ** this.networkFailures);
  }
}

function isManifestError({ details }: ErrorData): boolean {
  return details === ErrorDetails.MANIFEST_LOAD_ERROR
    || details === ErrorDetails.MANIFEST_LOAD_TIMEOUT
    || details === ErrorDetails.MANIFEST_PARSING_ERROR;
}
