import type { Activity } from './activity';
import type { Bezel } from './bezel';
import type { Menu } from './menu';
import type { Playback } from './playback';
import type { Screen } from './screen';

const doubleTapTime = 300;
const seekStep = 10;

/** Clicks and taps on the picture itself. */
export function listenToGestures(
  stage: HTMLElement, playback: Playback, screen: Screen, activity: Activity, menu: Menu, bezel: Bezel,
  isEnabled: () => boolean): void {
  let pointerType = 'mouse';
  let menuWasOpen = false;
  let lastTap = 0;

  stage.addEventListener('pointerdown', (event) => {
    pointerType = event.pointerType;
    menuWasOpen = menu.isOpen;
  }, true);

  stage.addEventListener('click', (event) => {
    // A click beside an open menu closes it and does nothing else.
    if (!isEnabled() || menuWasOpen) return;
    if (pointerType === 'touch') onTap(event);
    else playback.toggle();
  });

  stage.addEventListener('dblclick', () => {
    if (isEnabled() && pointerType !== 'touch') screen.toggleFullscreen();
  });

  function onTap(event: MouseEvent): void {
    const isDouble = event.timeStamp - lastTap < doubleTapTime;
    lastTap = event.timeStamp;
    if (isDouble && playback.started) seekBySide(event.clientX / stage.clientWidth);
    else if (!playback.started) void playback.play();
    else if (activity.isActive) activity.rest();
    else activity.wake();
  }

  function seekBySide(share: number): void {
    if (share > 1 / 3 && share < 2 / 3) return playback.toggle();
    const forward = share >= 2 / 3;
    playback.seekBy(forward ? seekStep : -seekStep);
    bezel.show(forward ? 'seekForward' : 'seekBackward');
  }
}
