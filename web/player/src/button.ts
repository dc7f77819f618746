import { element, setChildren } from './dom';
import { icon } from './icons';
import type { IconName } from './icons';

/** A button that is only a picture; its label is for screen readers and the tooltip. */
export class IconButton {
  readonly element = element('button', 'button', { type: 'button' });
  private shown: IconName | null = null;

  constructor(name: IconName, label: string, onClick: () => void, className = '') {
    if (className) this.element.classList.add(className);
    this.element.addEventListener('click', onClick);
    this.show(name, label);
  }

  show(name: IconName, label: string): void {
    if (this.shown !== name) setChildren(this.element, icon(name));
    this.shown = name;
    if (this.element.title === label) return;
    this.element.title = label;
    this.element.setAttribute('aria-label', label);
  }
}
