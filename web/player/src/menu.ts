import { element, setChildren } from './dom';
import { icon } from './icons';
import { texts } from './texts';

export interface MenuItem {
  label: string;
  value?: string;
  checked?: boolean;
  page?: MenuPage;
  choose?(): void;
}

/** A list of items, asked for again each time it is drawn, so that it always tells the present. */
export interface MenuPage {
  title: string;
  items(): MenuItem[];
}

/** The panel above the controls: the settings and their pages of choices. */
export class Menu {
  readonly element = element('div', 'menu', { role: 'menu', hidden: '' });
  private page: MenuPage | null = null;
  private parent: MenuPage | null = null;
  private opener: HTMLElement | null = null;

  constructor(private readonly onToggle: () => void) {
    this.element.addEventListener('keydown', (event) => this.onKey(event));
    document.addEventListener('pointerdown', (event) => {
      const target = event.target as Node;
      if (this.isOpen && !this.element.contains(target) && !this.opener?.contains(target)) this.close();
    });
  }

  get isOpen(): boolean {
    return !!this.page;
  }

  /** Opens the page, or closes it when the same button opened it. */
  toggle(page: MenuPage, opener: HTMLElement): void {
    const again = this.opener === opener;
    this.close();
    if (again) return;
    this.opener = opener;
    opener.setAttribute('aria-expanded', 'true');
    this.show(page, null);
  }

  close(): void {
    if (!this.page) return;
    const hadFocus = this.element.contains(document.activeElement);
    this.page = this.parent = null;
    this.element.hidden = true;
    this.opener?.setAttribute('aria-expanded', 'false');
    if (hadFocus) this.opener?.focus();
    this.opener = null;
    this.onToggle();
  }

  /** Draws the page again after its values have changed. */
  refresh(): void {
    if (!this.page) return;
    const focused = this.focusable().indexOf(document.activeElement as HTMLElement);
    this.draw(this.page);
    this.focusable()[focused]?.focus();
  }

  private show(page: MenuPage, parent: MenuPage | null): void {
    this.page = page;
    this.parent = parent;
    this.element.hidden = false;
    this.draw(page);
    const checked = this.element.querySelector<HTMLElement>('[aria-checked="true"]');
    (checked || this.focusable()[0])?.focus({ preventScroll: !checked });
    this.onToggle();
  }

  private draw(page: MenuPage): void {
    const heading = this.parent
      ? element('button', 'menu-heading', { type: 'button', role: 'menuitem', 'aria-label': `${texts.back}: ${page.title}` }, icon('back'), page.title)
      : element('div', 'menu-heading', { role: 'presentation' }, page.title);
    heading.addEventListener('click', () => this.goBack());

    this.element.setAttribute('aria-label', page.title);
    setChildren(this.element, heading, ...page.items().map((item) => this.drawItem(item)));
  }

  private drawItem(item: MenuItem): HTMLElement {
    const isChoice = item.checked !== undefined;
    const row = element('button', 'menu-item', { type: 'button', role: isChoice ? 'menuitemradio' : 'menuitem' });
    if (isChoice) {
      row.setAttribute('aria-checked', String(item.checked));
      row.append(icon('check'));
    }
    row.append(element('span', 'menu-label', {}, item.label));
    if (item.value) row.append(element('span', 'menu-value', {}, item.value));
    if (item.page) row.append(icon('next'));
    row.addEventListener('click', () => {
      if (item.page) return this.show(item.page, this.page);
      item.choose?.();
      if (this.parent) this.goBack();
      else this.close();
    });
    return row;
  }

  private goBack(): void {
    if (this.parent) this.show(this.parent, null);
  }

  private onKey(event: KeyboardEvent): void {
    const items = this.focusable();
    const index = items.indexOf(document.activeElement as HTMLElement);
    const actions: Record<string, () => void> = {
      ArrowDown: () => items[(index + 1) % items.length].focus(),
      ArrowUp: () => items[(index + items.length - 1) % items.length].focus(),
      Home: () => items[0].focus(),
      End: () => items[items.length - 1].focus(),
      ArrowLeft: () => this.goBack(),
      ArrowRight: () => { if (items[index]?.getAttribute('role') === 'menuitem') items[index].click(); },
      Escape: () => this.close(),
      Tab: () => this.close(),
    };
    const action = actions[event.key];
    if (!action) return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
    action();
  }

  private focusable(): HTMLElement[] {
    return Array.from(this.element.querySelectorAll('button'));
  }
}
