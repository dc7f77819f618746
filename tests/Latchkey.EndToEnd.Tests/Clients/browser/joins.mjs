// The page that looks at the joins between segments: hls.js as it is published, one player a rendition, all of them side by side.
import Hls from '../../../../web/player/node_modules/hls.js/dist/hls.mjs';

const fast = 4;
const attempts = 4;
const around = 0.3;

/** Chooses for each segment another rendition than for the one before it, however fast they come. */
class InTurn extends Hls.DefaultConfig.abrController {
  get nextAutoLevel() {
    return (this.turn || 0) % this.hls.levels.length;
  }

  set nextAutoLevel(level) {}

  get firstAutoLevel() {
    return 0;
  }

  onFragLoading(_, { frag }) {
    if (frag.type === 'main' && frag.sn !== 'initSegment') this.turn = (this.turn || 0) + 1;
  }
}

/** Buffers all of a video, then plays it: what comes between the two ends is only what lies in the segments. */
class Walk {
  constructor(manifest, level) {
    this.problems = [];
    this.joins = [];
    this.sizes = [];
    this.last = {};
    this.stalls = [];
    this.stall = () => this.stalls.push(this.video.currentTime);
    this.video = document.createElement('video');
    this.video.muted = true;
    this.video.width = 320;
    document.querySelector('#target').append(this.video);

    this.hls = new Hls({ maxBufferLength: 600, maxMaxBufferLength: 600, backBufferLength: Infinity, autoStartLoad: false, abrController: InTurn });
    this.hls.on(Hls.Events.ERROR, (_, { details, error, frag }) => {
      if (details === Hls.ErrorDetails.BUFFER_STALLED_ERROR) this.stall();
      // hls.js does not read edit lists: it takes frames for later than they are by what decoding runs ahead, and after a
      // switch fetches once more what ends there.
      else if (level >= 0 || details !== Hls.ErrorDetails.BUFFER_APPEND_NO_PROGRESS) this.problems.push(`${details} (${frag?.type} ${frag?.sn} of ${frag?.level}): ${error?.message}`);
    });
    this.hls.on(Hls.Events.FRAG_BUFFERED, (_, { frag }) => this.look(frag));
    this.buffered = new Promise((resolve) => this.hls.on(Hls.Events.BUFFERED_TO_END, resolve));
    this.hls.on(Hls.Events.BUFFER_CREATED, (_, { tracks }) => { this.tracks = tracks; });
    this.hls.on(Hls.Events.MANIFEST_PARSED, () => {
      if (level >= 0) this.hls.loadLevel = level;
      this.hls.startLoad(0);
    });
    this.hls.loadSource(manifest);
    this.hls.attachMedia(this.video);
  }

  look(frag) {
    for (const [type, times] of Object.entries(frag.elementaryStreams)) {
      if (!times) continue;
      const before = this.last[type];
      if (before) this.joins.push({ type, number: frag.sn, level: frag.level, gap: times.startPTS - before.endPTS });
      this.last[type] = times;
    }
  }

  async play() {
    const { video } = this;
    await this.buffered;
    const ranges = Object.entries(this.tracks).flatMap(([type, { buffer }]) =>
      Array.from({ length: buffer.buffered.length }, (_, i) => ({ type, from: buffer.buffered.start(i), to: buffer.buffered.end(i) })));

    for (const event of ['seeking', 'error'])
      video.addEventListener(event, () => this.problems.push(`${event} at ${video.currentTime}`));
    this.sizes.push(video.videoHeight);
    video.addEventListener('resize', () => this.sizes.push(video.videoHeight));
    this.watchTime();
    video.playbackRate = fast;
    video.addEventListener('waiting', this.stall);
    const ended = new Promise((resolve) => video.addEventListener('ended', resolve));
    await video.play();
    await ended;
    const answer = {
      joins: this.joins,
      sizes: this.sizes.slice(),
      ranges,
      played: Array.from({ length: video.played.length }, (_, i) => ({ type: 'played', from: video.played.start(i), to: video.played.end(i) })),
      frames: video.getVideoPlaybackQuality().totalVideoFrames,
      problems: this.problems.slice(),
    };

    for (const at of this.stalls.splice(0)) if (await this.stallsAgain(at)) answer.problems.push(`waits at ${at}`);
    this.hls.destroy();
    return answer;
  }

  /** A busy machine makes a player wait here and there; what is wrong with the segments makes it wait at the same place every time. */
  async stallsAgain(at) {
    const { video } = this;
    video.playbackRate = 1;
    for (let attempt = 0; attempt < attempts; attempt++) {
      video.currentTime = Math.max(0, at - around);
      await new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
      await video.play();
      this.stalls = [];
      await new Promise((resolve) => {
        const look = () => (video.ended || video.currentTime > at + around ? resolve() : requestAnimationFrame(look));
        look();
      });
      video.pause();
      if (!this.stalls.length) return false;
    }
    return true;
  }

  watchTime() {
    let last = 0;
    const look = (_, { mediaTime }) => {
      if (mediaTime < last) this.problems.push(`back from ${last} to ${mediaTime}`);
      last = mediaTime;
      this.video.requestVideoFrameCallback(look);
    };
    this.video.requestVideoFrameCallback(look);
  }
}

/** @param levels How many renditions there are; each is played alone, and then all in turn. */
window.walk = (manifest, levels) =>
  Promise.all(Array.from({ length: levels + 1 }, (_, i) => new Walk(manifest, i < levels ? i : -1).play()));
