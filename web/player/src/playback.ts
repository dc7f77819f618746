import Hls from 'hls.js';
import { Captions } from './captions';
import { Chapters } from './chapters';
import type { PlayerConfig } from './config';
import { LoadFailure } from './failure';
import type { FailureReason } from './failure';
import { HlsStream } from './hlsStream';
import { NativeStream } from './nativeStream';
import type { Options } from './options';
import { openSession, Session } from './session';
import type { Signals } from './signals';
import { Storyboard } from './storyboard';
import type { Stream, StreamListener } from './stream';

export type Status = 'loading' | 'processing' | 'ready' | 'failed';

const playlistType = 'application/vnd.apple.mpegurl';
// A jump longer than this between two time updates is a seek, not playback.
const longestStep = 1;

/** The video being played: loading, time, sound and the rules of autoplay, loop and the `t=a,b` sequence. */
export class Playback {
  readonly captions: Captions;
  readonly chapters: Chapters;
  readonly storyboard = new Storyboard();
  status: Status = 'loading';
  failure: FailureReason | null = null;
  stream: Stream | null = null;
  session = new Session(null, location.href);
  loop = false;
  /** The first play of this video has begun. */
  started = false;
  /** Sound is off only because the browser forbids autoplay with sound. */
  mutedByBrowser = false;
  private autoplay = false;
  private config: PlayerConfig | null = null;
  private options: Options | null = null;
  private loading = new AbortController();
  private lastTime = 0;
  private sequenceEnded = false;

  constructor(readonly video: HTMLVideoElement, private readonly signals: Signals) {
    this.captions = new Captions(video, signals);
    this.chapters = new Chapters(video, signals);
    video.addEventListener('loadedmetadata', () => this.becomeReady());
    video.addEventListener('play', () => this.onPlay());
    video.addEventListener('ended', () => this.onEnd());
    video.addEventListener('timeupdate', () => this.watchSequence());
    video.addEventListener('seeking', () => { this.sequenceEnded = false; });
    video.addEventListener('seeked', () => { this.lastTime = video.currentTime; });
  }

  async load(config: PlayerConfig, options: Options): Promise<void> {
    this.unload();
    this.config = config;
    this.options = options;
    this.autoplay = options.autoplay || !!config.theme.forceAutoplay;
    this.loop = options.loop || !!config.theme.forceLoop;
    this.started = false;
    this.sequenceEnded = false;
    this.video.muted = options.muted;
    this.setStatus('loading');

    const { signal } = this.loading = new AbortController();
    try {
      this.session = await openSession(config.session, options.session, config.hls, signal);
      if (signal.aborted) return;
      this.signals.emit('session');
      this.captions.load(config.captions, this.session, options.showSubtitles);
      this.chapters.load(config.chapters, this.session);
      this.storyboard.open(config.storyboard, this.session);
      this.stream = this.openStream(config, options);
      this.stream.limitQuality(options.minimalQuality, options.maximalQuality);
    } catch (failure) {
      if (!signal.aborted) this.fail(LoadFailure.from(failure).reason);
    }
  }

  retry(): void {
    if (!this.config || !this.options) return;
    const start = this.video.currentTime || this.options.start;
    void this.load(this.config, { ...this.options, start, autoplay: this.started || this.options.autoplay });
  }

  unload(): void {
    this.loading.abort();
    this.stream?.destroy();
    this.stream = null;
    this.captions.unload();
    this.chapters.unload();
    this.storyboard.close();
  }

  get isLive(): boolean {
    return !!this.config?.live || this.video.duration === Infinity;
  }

  /** The part of time that can be sought to. */
  get range(): { start: number; end: number } {
    const { seekable, duration } = this.video;
    if (this.isLive && seekable.length) return { start: seekable.start(0), end: seekable.end(seekable.length - 1) };
    return { start: 0, end: Number.isFinite(duration) ? duration : 0 };
  }

  private get startTime(): number {
    return this.options?.start || 0;
  }

  get ended(): boolean {
    return this.video.ended || this.sequenceEnded;
  }

  get mp4Url(): string | null {
    return this.config?.mp4 ? this.session.authorise(this.config.mp4) : null;
  }

  get downloadUrl(): string | null {
    if (!this.config?.mp4) return null;
    const url = new URL(this.config.mp4, document.baseURI);
    url.searchParams.set('dl', '1');
    return this.session.authorise(url.href);
  }

  async play(): Promise<void> {
    if (this.sequenceEnded) this.video.currentTime = this.startTime;
    this.stream?.expectPlayback();
    try {
      await this.video.play();
    } catch (error) {
      // Browsers refuse sound before the viewer touched the page: better silent than still.
      if ((error as DOMException).name !== 'NotAllowedError' || this.video.muted) return;
      this.video.muted = true;
      this.mutedByBrowser = true;
      await this.video.play().catch(() => undefined);
    }
  }

  pause(): void {
    this.video.pause();
  }

  toggle(): void {
    if (this.video.paused) void this.play();
    else this.pause();
  }

  seekTo(time: number): void {
    const { start, end } = this.range;
    this.video.currentTime = Math.min(Math.max(time, start), end || time);
  }

  seekBy(seconds: number): void {
    this.seekTo(this.video.currentTime + seconds);
  }

  setVolume(volume: number): void {
    this.video.volume = Math.min(Math.max(volume, 0), 1);
  }

  setMuted(muted: boolean): void {
    this.video.muted = muted;
    this.mutedByBrowser = false;
    this.signals.emit('options');
  }

  setRate(rate: number): void {
    this.video.playbackRate = Math.min(Math.max(rate, 0.1), 16);
  }

  setAutoplay(autoplay: boolean): void {
    this.autoplay = autoplay;
    if (autoplay && this.status === 'ready' && !this.started) void this.play();
  }

  private openStream(config: PlayerConfig, options: Options): Stream {
    const { session, video } = this;
    const listener = this.streamListener();
    const playsHls = !!video.canPlayType(playlistType);
    // Without full MediaSource (iPhone), the browser's own HLS player saves battery and can AirPlay.
    const preferNative = playsHls && !('MediaSource' in window);

    if (Hls.isSupported() && !preferNative) return new HlsStream(video, config.hls, session, options.start, listener);
    if (playsHls) return new NativeStream(video, config.hls, session, options.start, listener);
    if (config.mp4) return new NativeStream(video, config.mp4, session, options.start, listener, false);
    throw new LoadFailure('unsupported');
  }

  private streamListener(): StreamListener {
    return {
      processing: () => this.setStatus('processing'),
      loading: () => { if (this.status === 'processing') this.setStatus('loading'); },
      tracksChanged: () => this.signals.emit('tracks'),
      qualityChanged: (resolution) => this.signals.emit('qualitychange', { resolution }),
      failed: (reason) => this.fail(reason),
    };
  }

  private becomeReady(): void {
    // Metadata comes again when hls.js recovers from a media error.
    if (this.status === 'ready') return;
    this.setStatus('ready');
    this.signals.emit('ready');
    if (this.autoplay) void this.play();
  }

  private onPlay(): void {
    this.stream?.expectPlayback();
    this.sequenceEnded = false;
    if (this.started) return;
    this.started = true;
    this.signals.emit('firstplay');
  }

  private watchSequence(): void {
    const { currentTime, paused, seeking } = this.video;
    const end = this.options?.end ?? null;
    const step = currentTime - this.lastTime;
    const passed = end !== null && !paused && !seeking && this.lastTime < end && currentTime >= end;
    this.lastTime = currentTime;
    if (passed && step < longestStep * this.video.playbackRate) this.onEnd();
  }

  private onEnd(): void {
    if (this.loop) {
      this.video.currentTime = this.startTime;
      void this.play();
      return;
    }
    this.pause();
    this.sequenceEnded = !this.video.ended;
    this.signals.emit('ended');
  }

  fail(reason: FailureReason): void {
    this.failure = reason;
    this.setStatus('failed');
    this.signals.emit('error');
  }

  private setStatus(status: Status): void {
    this.status = status;
    if (status !== 'failed') this.failure = null;
    this.signals.emit('status');
  }
}
