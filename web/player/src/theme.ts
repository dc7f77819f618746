import type { PlayerTheme } from './config';

// api.video's names of colours, and the CSS variables that carry them.
const variables: Record<string, string> = {
  text: '--text',
  link: '--link',
  linkHover: '--link-hover',
  linkActive: '--link-active',
  trackPlayed: '--track-played',
  trackUnplayed: '--track-unplayed',
  trackBackground: '--track-background',
  backgroundTop: '--background-top',
  backgroundBottom: '--background-bottom',
  backgroundText: '--background-text',
};

/** Applies the colours of a theme; what is not a colour is left as it was. */
export function applyTheme(root: HTMLElement, theme: PlayerTheme): void {
  const colours = theme as Record<string, unknown>;
  for (const name of Object.keys(variables)) {
    const colour = colours[name];
    if (typeof colour === 'string' && isColour(colour)) root.style.setProperty(variables[name], colour);
  }
}

function isColour(text: string): boolean {
  return !/var\(|env\(/i.test(text) && CSS.supports('color', text);
}
