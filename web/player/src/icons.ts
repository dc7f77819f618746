interface Drawing {
  lines?: string;
  fill?: string;
  text?: string;
}

const speaker = 'M11 5.2 6.8 8.8H4a1 1 0 0 0-1 1v4.4a1 1 0 0 0 1 1h2.8L11 18.8z';

// Drawn on a 24 × 24 grid with a line of 1.8.
const drawings = {
  play: { fill: 'M7.5 4.9v14.2a1.2 1.2 0 0 0 1.85 1l11-7.1a1.2 1.2 0 0 0 0-2l-11-7.1a1.2 1.2 0 0 0-1.85 1z' },
  pause: {
    fill: 'M7.2 4.5h2.6a1.2 1.2 0 0 1 1.2 1.2v12.6a1.2 1.2 0 0 1-1.2 1.2H7.2A1.2 1.2 0 0 1 6 18.3V5.7a1.2 1.2 0 0 1 1.2-1.2z'
      + 'M14.2 4.5h2.6A1.2 1.2 0 0 1 18 5.7v12.6a1.2 1.2 0 0 1-1.2 1.2h-2.6a1.2 1.2 0 0 1-1.2-1.2V5.7a1.2 1.2 0 0 1 1.2-1.2z',
  },
  replay: { lines: 'M4.5 12a7.5 7.5 0 1 0 2.4-5.5L4.5 8.8M4.5 4.3v4.5H9' },
  seekBackward: { lines: 'M3.6 12.6a8.4 8.4 0 1 0 2.7-6.2L3.6 9M3.6 4.4V9h4.6', text: '10' },
  seekForward: { lines: 'M20.4 12.6a8.4 8.4 0 1 1-2.7-6.2L20.4 9M20.4 4.4V9h-4.6', text: '10' },
  volumeHigh: { lines: `${speaker}M14.8 9a4.2 4.2 0 0 1 0 6M17.6 6.2a8.2 8.2 0 0 1 0 11.6`, fill: speaker },
  volumeLow: { lines: `${speaker}M14.8 9a4.2 4.2 0 0 1 0 6`, fill: speaker },
  volumeOff: { lines: `${speaker}M15.5 9.5l5 5M20.5 9.5l-5 5`, fill: speaker },
  captions: {
    lines: 'M5.5 5h13A2.5 2.5 0 0 1 21 7.5v9a2.5 2.5 0 0 1-2.5 2.5h-13A2.5 2.5 0 0 1 3 16.5v-9A2.5 2.5 0 0 1 5.5 5z'
      + 'M10.6 10.3a2.1 2.1 0 1 0 0 3.4M17 10.3a2.1 2.1 0 1 0 0 3.4',
  },
  settings: {
    lines: 'M10.2 5L10.4 2.5L13.6 2.5L13.8 5L15.7 5.8L17.6 4.2L19.8 6.4L18.2 8.3L19 10.2L21.5 10.4L21.5 13.6L19 13.8'
      + 'L18.2 15.7L19.8 17.6L17.6 19.8L15.7 18.2L13.8 19L13.6 21.5L10.4 21.5L10.2 19L8.3 18.2L6.4 19.8L4.2 17.6L5.8 15.7'
      + 'L5 13.8L2.5 13.6L2.5 10.4L5 10.2L5.8 8.3L4.2 6.4L6.4 4.2L8.3 5.8ZM15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0z',
  },
  pictureInPicture: {
    lines: 'M21 10V7.5A2.5 2.5 0 0 0 18.5 5h-13A2.5 2.5 0 0 0 3 7.5v9A2.5 2.5 0 0 0 5.5 19H10',
    fill: 'M14.2 13h6a1.3 1.3 0 0 1 1.3 1.3v4a1.3 1.3 0 0 1-1.3 1.3h-6a1.3 1.3 0 0 1-1.3-1.3v-4a1.3 1.3 0 0 1 1.3-1.3z',
  },
  fullscreen: { lines: 'M8.5 4H6a2 2 0 0 0-2 2v2.5M15.5 4H18a2 2 0 0 1 2 2v2.5M8.5 20H6a2 2 0 0 1-2-2v-2.5M15.5 20H18a2 2 0 0 0 2-2v-2.5' },
  exitFullscreen: { lines: 'M9 4v3a2 2 0 0 1-2 2H4M15 4v3a2 2 0 0 0 2 2h3M9 20v-3a2 2 0 0 0-2-2H4M15 20v-3a2 2 0 0 1 2-2h3' },
  download: { lines: 'M12 4v11M7.5 10.5 12 15l4.5-4.5M5 19.5h14' },
  check: { lines: 'M5 12.5l4.5 4.5L19 7.5' },
  next: { lines: 'M9.5 6.5l5.5 5.5-5.5 5.5' },
  back: { lines: 'M14.5 6.5 9 12l5.5 5.5' },
  alert: { lines: 'M12 7.5v5.5M12 16.4v.1M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z' },
};

export type IconName = keyof typeof drawings;

export function icon(name: IconName): SVGSVGElement {
  const { lines, fill, text } = drawings[name] as Drawing;
  const svg = svgElement('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' });
  if (fill) svg.append(svgElement('path', { d: fill, class: 'icon-fill' }));
  if (lines) svg.append(svgElement('path', { d: lines }));
  if (text) {
    const label = svgElement('text', { x: '12', y: '15' });
    label.textContent = text;
    svg.append(label);
  }
  return svg as SVGSVGElement;
}

function svgElement(tag: string, attributes: Record<string, string>): SVGElement {
  const created = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const name of Object.keys(attributes)) created.setAttribute(name, attributes[name]);
  return created;
}
