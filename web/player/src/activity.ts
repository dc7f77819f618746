import type { Signals } from './signals';

const patience = 3000;

/** Whether the viewer is doing something; when not, the controls get out of the picture. */
export class Activity {
  isActive = true;
  private timer = 0;

  constructor(private readonly root: HTMLElement, private readonly signals: Signals, private readonly mayRest: () => boolean) {
    root.classList.add('active');
    root.addEventListener('pointermove', (event) => { if (event.pointerType !== 'touch') this.wake(); });
    document.addEventListener('keydown', () => this.wake());
    root.addEventListener('focusin', () => this.wake());
    root.addEventListener('mouseenter', () => signals.emit('mouseenter'));
    root.addEventListener('mouseleave', () => {
      signals.emit('mouseleave');
      this.rest();
    });
  }

  wake(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.rest(), patience);
    this.change(true);
  }

  rest(): void {
    clearTimeout(this.timer);
    if (this.mayRest()) this.change(false);
  }

  private change(active: boolean): void {
    if (active === this.isActive) return;
    this.isActive = active;
    this.root.classList.toggle('active', active);
    this.signals.emit(active ? 'useractive' : 'userinactive');
  }
}
