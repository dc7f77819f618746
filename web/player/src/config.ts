/** What the server says about a video: the JSON in the page's `<script id="config">`. */
export interface PlayerConfig {
  videoId: string;
  title: string;
  hls: string;
  mp4: string | null;
  poster: string | null;
  /** The WebVTT index of the seek bar's pictures. */
  storyboard: string | null;
  captions: TextFile[];
  chapters: TextFile[];
  /** Where to open the session of a private video; null for a public one. */
  session: string | null;
  theme: PlayerTheme;
  live: boolean;
}

/** A WebVTT file, in the shape of api.video's caption and chapter objects. */
export interface TextFile {
  src: string;
  srclang?: string;
  language?: string;
  languageName?: string;
  default?: boolean;
}

export interface PlayerTheme {
  text?: string;
  link?: string;
  linkHover?: string;
  linkActive?: string;
  trackPlayed?: string;
  trackUnplayed?: string;
  trackBackground?: string;
  backgroundTop?: string;
  backgroundBottom?: string;
  backgroundText?: string;
  enableApi?: boolean;
  enableControls?: boolean;
  forceAutoplay?: boolean;
  hideTitle?: boolean;
  forceLoop?: boolean;
}

export function readConfig(page: Document): PlayerConfig | null {
  const json = page.getElementById('config');
  if (!json) return null;

  try {
    const config = JSON.parse(json.textContent || '') as Partial<PlayerConfig>;
    if (!config.hls) return null;
    return {
      videoId: config.videoId || '',
      title: config.title || '',
      hls: config.hls,
      mp4: config.mp4 || null,
      poster: config.poster || null,
      storyboard: config.storyboard || null,
      captions: config.captions || [],
      chapters: config.chapters || [],
      session: config.session || null,
      theme: config.theme || {},
      live: !!config.live,
    };
  } catch {
    return null;
  }
}

/** Reads the configuration of another video of this server, as `loadConfig` of the SDK asks. */
export async function fetchConfig(pageUrl: string): Promise<PlayerConfig | null> {
  const response = await fetch(pageUrl, { credentials: 'same-origin' });
  if (!response.ok) return null;

  return readConfig(new DOMParser().parseFromString(await response.text(), 'text/html'));
}
