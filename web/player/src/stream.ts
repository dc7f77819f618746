import type { FailureReason } from './failure';

/** A way to bring a video to the screen: hls.js, or the browser itself. */
export interface Stream {
  /** Heights of the qualities to choose from, highest first; empty when the browser chooses alone. */
  readonly qualities: number[];
  /** The chosen height, or null for the automatic choice. */
  readonly chosenQuality: number | null;
  /** The height on the screen. */
  readonly quality: number | null;
  readonly audioTracks: AudioChoice[];
  chooseQuality(height: number | null): void;
  limitQuality(minimal: number | null, maximal: number | null): void;
  chooseAudio(index: number): void;
  /** Playback begins: fill the buffer, of which little was asked before. */
  expectPlayback(): void;
  /** The picture's height on the screen in device pixels: more than that is not worth loading. */
  fitHeight(pixels: number): void;
  destroy(): void;
}

export interface AudioChoice {
  label: string;
  chosen: boolean;
}

export interface StreamListener {
  processing(): void;
  loading(): void;
  tracksChanged(): void;
  qualityChanged(resolution: { width: number; height: number }): void;
  failed(reason: FailureReason): void;
}
