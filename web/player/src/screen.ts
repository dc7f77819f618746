import type { Signals } from './signals';

// Safari's own names, absent from TypeScript's DOM library.
type SafariElement = HTMLElement & { webkitRequestFullscreen?(): void };
type SafariDocument = Document & { webkitFullscreenElement?: Element; webkitExitFullscreen?(): void; webkitFullscreenEnabled?: boolean };
type SafariVideo = HTMLVideoElement & {
  webkitEnterFullscreen?(): void;
  webkitExitFullscreen?(): void;
  webkitSupportsPresentationMode?(mode: string): boolean;
  webkitSetPresentationMode?(mode: string): void;
  webkitPresentationMode?: string;
};

/** Full screen and picture in picture, with Safari's older ways. */
export class Screen {
  private readonly page = document as SafariDocument;
  private readonly root: SafariElement;
  private readonly video: SafariVideo;
  private videoFullscreen = false;

  constructor(root: HTMLElement, video: HTMLVideoElement, signals: Signals) {
    this.root = root;
    this.video = video;
    const announce = () => signals.emit('fullscreenchange', { isFullScreen: this.isFullscreen });
    document.addEventListener('fullscreenchange', announce);
    document.addEventListener('webkitfullscreenchange', announce);
    video.addEventListener('webkitbeginfullscreen', () => { this.videoFullscreen = true; announce(); });
    video.addEventListener('webkitendfullscreen', () => { this.videoFullscreen = false; announce(); });
  }

  get canFullscreen(): boolean {
    return !!(this.page.fullscreenEnabled || this.page.webkitFullscreenEnabled || this.video.webkitEnterFullscreen);
  }

  get isFullscreen(): boolean {
    return !!(this.page.fullscreenElement || this.page.webkitFullscreenElement) || this.videoFullscreen;
  }

  enterFullscreen(): void {
    if (this.root.requestFullscreen) this.root.requestFullscreen().catch(() => undefined);
    else if (this.root.webkitRequestFullscreen) this.root.webkitRequestFullscreen();
    else this.video.webkitEnterFullscreen?.();
  }

  exitFullscreen(): void {
    if (!this.isFullscreen) return;
    if (this.videoFullscreen) this.video.webkitExitFullscreen?.();
    else if (this.page.exitFullscreen) this.page.exitFullscreen().catch(() => undefined);
    else this.page.webkitExitFullscreen?.();
  }

  toggleFullscreen(): void {
    if (this.isFullscreen) this.exitFullscreen();
    else this.enterFullscreen();
  }

  get canPictureInPicture(): boolean {
    return !!this.page.pictureInPictureEnabled || !!this.video.webkitSupportsPresentationMode?.('picture-in-picture');
  }

  get isPictureInPicture(): boolean {
    return this.page.pictureInPictureElement === this.video || this.video.webkitPresentationMode === 'picture-in-picture';
  }

  enterPictureInPicture(): void {
    if (this.video.requestPictureInPicture) this.video.requestPictureInPicture().catch(() => undefined);
    else this.video.webkitSetPresentationMode?.('picture-in-picture');
  }

  exitPictureInPicture(): void {
    if (!this.isPictureInPicture) return;
    if (this.page.exitPictureInPicture) this.page.exitPictureInPicture().catch(() => undefined);
    else this.video.webkitSetPresentationMode?.('inline');
  }

  togglePictureInPicture(): void {
    if (this.isPictureInPicture) this.exitPictureInPicture();
    else this.enterPictureInPicture();
  }
}
