import type { TextFile } from './config';
import { element, setChildren } from './dom';
import type { Session } from './session';
import type { Signals } from './signals';
import { languageName } from './texts';

/** Subtitle tracks, from the HLS manifest or from files, drawn by us so that they stay above the controls. */
export class Captions {
  readonly screen = element('div', 'captions', { 'aria-hidden': 'true' });
  private chosen: TextTrack | null = null;
  private wanted = false;

  constructor(private readonly video: HTMLVideoElement, private readonly signals: Signals) {
    video.textTracks.addEventListener('addtrack', () => this.onTracksChange());
    video.textTracks.addEventListener('removetrack', () => this.onTracksChange());
    // iOS shows its own player in full screen, without our page.
    video.addEventListener('webkitbeginfullscreen', () => this.applyModes('showing'));
    video.addEventListener('webkitendfullscreen', () => this.applyModes('hidden'));
    video.addEventListener('enterpictureinpicture', () => this.applyModes('showing'));
    video.addEventListener('leavepictureinpicture', () => this.applyModes('hidden'));
  }

  get tracks(): TextTrack[] {
    return Array.from(this.video.textTracks).filter(({ kind }) => kind === 'subtitles' || kind === 'captions');
  }

  get labels(): string[] {
    return this.tracks.map((track, index) => track.label || languageName(track.language) || String(index + 1));
  }

  get chosenIndex(): number {
    return this.chosen ? this.tracks.indexOf(this.chosen) : -1;
  }

  load(files: TextFile[], session: Session, wanted: boolean): void {
    this.wanted = wanted || files.some((file) => file.default);
    for (const file of files) {
      const language = file.srclang || file.language || '';
      this.video.append(element('track', '', {
        kind: 'subtitles',
        src: session.authorise(file.src),
        srclang: language,
        label: file.languageName || languageName(language),
      }));
    }
  }

  unload(): void {
    this.choose(-1);
    this.wanted = false;
    this.video.querySelectorAll('track').forEach((track) => track.remove());
  }

  choose(index: number): void {
    this.chosen?.removeEventListener('cuechange', this.draw);
    this.chosen = this.tracks[index] || null;
    this.wanted = !!this.chosen;
    this.chosen?.addEventListener('cuechange', this.draw);
    this.applyModes('hidden');
    this.draw();
    this.signals.emit('tracks');
  }

  show(): void {
    this.wanted = true;
    if (!this.chosen) this.choose(this.preferred());
    // Tracks may come later: keep the wish.
    this.wanted = true;
  }

  hide(): void {
    this.choose(-1);
  }

  toggle(): void {
    if (this.chosen) this.hide();
    else this.show();
  }

  private onTracksChange(): void {
    const { tracks } = this;
    if (this.chosen && !tracks.includes(this.chosen)) this.chosen = null;
    // A track that is already on was marked DEFAULT in the manifest.
    const marked = tracks.findIndex((track) => track.mode !== 'disabled');
    if (!this.chosen && marked >= 0) this.choose(marked);
    else if (!this.chosen && this.wanted && tracks.length) this.show();
    else this.signals.emit('tracks');
  }

  private preferred(): number {
    const language = navigator.language.split('-')[0];
    return Math.max(0, this.tracks.findIndex((track) => track.language.split('-')[0] === language));
  }

  // "hidden" loads the cues and leaves the drawing to us.
  private applyModes(mode: TextTrackMode): void {
    for (const track of this.tracks) {
      const next = track === this.chosen ? mode : 'disabled';
      if (track.mode !== next) track.mode = next;
    }
  }

  private readonly draw = () => {
    const cues = Array.from(this.chosen?.activeCues || []) as VTTCue[];
    setChildren(this.screen, ...cues.map((cue) => {
      const line = element('span', 'caption');
      line.append(cue.getCueAsHTML());
      return element('div', 'caption-row', {}, line);
    }));
  };
}
