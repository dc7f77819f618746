/** What the embedding page asks for, in the fragment and the query of the iframe's address. */
export interface Options {
  autoplay: boolean;
  muted: boolean;
  loop: boolean;
  hideTitle: boolean;
  hideControls: boolean;
  hidePoster: boolean;
  chromeless: boolean;
  showSubtitles: boolean;
  hotkeys: boolean;
  api: boolean;
  start: number;
  end: number | null;
  minimalQuality: number | null;
  maximalQuality: number | null;
  sdkPlayerId: string | null;
  sdkOrigin: string | null;
  /** The session token of a private video, when the embedding page has opened the session itself. */
  session: string | null;
}

export function parseOptions(address: string): Options {
  const url = new URL(address);
  const fragment = parseFragment(url.hash);
  const asked = (name: string, parameter?: string) =>
    isOn(fragment.get(name)) || (!!parameter && isOn(url.searchParams.get(parameter)));
  const [start, end] = (fragment.get('t') || '').split(',').map(parseTime);

  return {
    autoplay: asked('autoplay', 'autoplay'),
    muted: asked('muted', 'muted'),
    loop: asked('loop', 'loop'),
    hideTitle: asked('hide-title', 'hideTitle'),
    hideControls: asked('hide-controls', 'hideControls'),
    hidePoster: asked('hide-poster', 'hidePoster'),
    chromeless: asked('chromeless', 'chromeless'),
    showSubtitles: asked('show-subtitles', 'showSubtitles'),
    hotkeys: fragment.get('hotkeys') !== 'false',
    api: asked('api'),
    start: start || 0,
    end: end && end > (start || 0) ? end : null,
    minimalQuality: parseInt(fragment.get('min-quality') || '', 10) || null,
    maximalQuality: parseInt(fragment.get('max-quality') || '', 10) || null,
    sdkPlayerId: fragment.get('sdkPlayerId') || null,
    sdkOrigin: decodeOrigin(fragment.get('sdkOrigin')),
    session: url.searchParams.get('avh') || null,
  };
}

/** Reads `75`, `1:15` or `0:01:15` as seconds; null when it is none of them. */
export function parseTime(text: string): number | null {
  const parts = text.trim().split(':');
  if (parts.length > 3 || !parts.every((part) => /^\d+(\.\d+)?$/.test(part))) return null;

  return parts.reduce((seconds, part) => seconds * 60 + parseFloat(part), 0);
}

function parseFragment(hash: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of hash.replace(/^#/, '').split(';')) {
    const [, name, value] = /^([^:=]*)[:=]?(.*)$/.exec(part)!;
    if (name && !parameters.has(name)) parameters.set(name, decode(value));
  }
  return parameters;
}

function isOn(value: string | null | undefined): boolean {
  return value === '' || value === 'true' || value === '1';
}

// A malformed origin counts as none: the SDK itself damages one whose base64 happens to contain "api" or "loop",
// because it removes such a parameter's earlier value anywhere in the fragment.
function decodeOrigin(encoded: string | undefined): string | null {
  try {
    const origin = atob(encoded || '');
    return new URL(origin).origin === origin ? origin : null;
  } catch {
    return null;
  }
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
