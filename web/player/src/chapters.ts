import type { TextFile } from './config';
import { element } from './dom';
import type { Session } from './session';
import type { Signals } from './signals';

export interface Chapter {
  start: number;
  title: string;
}

/** The chapters of the video, in the viewer's language when there is one. */
export class Chapters {
  list: Chapter[] = [];

  constructor(private readonly video: HTMLVideoElement, private readonly signals: Signals) {}

  load(files: TextFile[], session: Session): void {
    const language = navigator.language.split('-')[0];
    const file = files.find((one) => (one.language || one.srclang) === language) || files[0];
    if (!file) return;

    const track = element('track', '', { kind: 'chapters', src: session.authorise(file.src) });
    track.addEventListener('load', () => this.read(track.track));
    this.video.append(track);
    // A browser loads the cues of a track only when it is on.
    track.track.mode = 'hidden';
  }

  unload(): void {
    this.list = [];
  }

  titleAt(time: number): string {
    return this.list.filter((chapter) => chapter.start <= time).pop()?.title || '';
  }

  private read(track: TextTrack): void {
    this.list = Array.from(track.cues || []).map((cue) => ({ start: cue.startTime, title: (cue as VTTCue).text }));
    this.signals.emit('tracks');
  }
}
