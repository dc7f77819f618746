import type { MenuItem, MenuPage } from './menu';
import type { Playback } from './playback';
import { isRussian, texts } from './texts';
import { formatTime } from './time';

export const speeds = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/** The pages of the settings menu; a page with nothing to choose stays away. */
export function settingsPage(playback: Playback, isVisible: (control: 'more' | 'playbackRate' | 'chapters') => boolean): MenuPage {
  return {
    title: texts.settings,
    items: () => [
      ...(isVisible('more') ? [qualityItem(playback), audioItem(playback)] : []),
      ...(isVisible('playbackRate') ? [speedItem(playback)] : []),
      ...(isVisible('chapters') ? [chaptersItem(playback)] : []),
    ].filter((item): item is MenuItem => !!item),
  };
}

export function captionsPage({ captions }: Playback): MenuPage {
  return {
    title: texts.captions,
    items: () => [texts.off, ...captions.labels].map((label, index) => ({
      label,
      checked: captions.chosenIndex === index - 1,
      choose: () => captions.choose(index - 1),
    })),
  };
}

export function speedLabel(rate: number): string {
  const number = isRussian ? String(rate).replace('.', ',') : String(rate);
  return `${number}×`;
}

function qualityItem(playback: Playback): MenuItem | null {
  const heights = playback.stream?.qualities || [];
  if (!heights.length) return null;

  const chosen = () => playback.stream?.chosenQuality ?? null;
  const auto = () => (chosen() === null && playback.stream?.quality ? `${texts.auto} (${playback.stream.quality}p)` : texts.auto);
  const choice = (height: number | null): MenuItem => ({
    label: height === null ? auto() : `${height}p`,
    checked: chosen() === height,
    choose: () => playback.stream?.chooseQuality(height),
  });

  const items = () => [choice(null), ...(playback.stream?.qualities || []).map(choice)];
  return { label: texts.quality, value: chosen() === null ? auto() : `${chosen()}p`, page: { title: texts.quality, items } };
}

function speedItem({ video }: Playback): MenuItem {
  const label = (rate: number) => (rate === 1 ? texts.normal : speedLabel(rate));
  const items = () => speeds.map((rate) => ({
    label: label(rate),
    checked: video.playbackRate === rate,
    choose: () => { video.playbackRate = rate; },
  }));
  return { label: texts.speed, value: label(video.playbackRate), page: { title: texts.speed, items } };
}

function audioItem(playback: Playback): MenuItem | null {
  const tracks = () => playback.stream?.audioTracks || [];
  if (tracks().length < 2) return null;

  const items = () => tracks().map((track, index) => ({
    label: track.label,
    checked: track.chosen,
    choose: () => playback.stream?.chooseAudio(index),
  }));
  return { label: texts.audio, value: tracks().find((track) => track.chosen)?.label, page: { title: texts.audio, items } };
}

function chaptersItem(playback: Playback): MenuItem | null {
  const { list } = playback.chapters;
  if (!list.length) return null;

  const items = () => list.map(({ start, title }) => ({
    label: title,
    value: formatTime(start),
    choose: () => playback.seekTo(start),
  }));
  return { label: texts.chapters, value: playback.chapters.titleAt(playback.video.currentTime), page: { title: texts.chapters, items } };
}
