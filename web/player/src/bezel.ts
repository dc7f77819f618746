import { element, setChildren } from './dom';
import { icon } from './icons';
import type { IconName } from './icons';

const shownFor = 700;

/** A short note over the picture of what a key or a double tap has done. */
export class Bezel {
  readonly element = element('div', 'bezel', { 'aria-hidden': 'true' });
  private timer = 0;

  show(name: IconName | null, text = ''): void {
    setChildren(this.element, ...(name ? [icon(name)] : []), ...(text ? [element('span', '', {}, text)] : []));
    this.element.classList.add('shown');
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.element.classList.remove('shown'), shownFor);
  }
}
