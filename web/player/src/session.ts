import { LoadFailure } from './failure';

/** Adds the token of a private video's session to every address of the video; a public video has no token. */
export class Session {
  constructor(private readonly token: string | null, private readonly videoUrl: string) {}

  /** Returns the absolute address, with `avh` when it is on the video's own host and not there yet. */
  authorise(address: string): string {
    const url = new URL(address, document.baseURI);
    const ours = url.origin === new URL(this.videoUrl, document.baseURI).origin;
    if (this.token && ours && !url.searchParams.has('avh')) url.searchParams.set('avh', this.token);

    return url.href;
  }
}

export async function openSession(
  sessionUrl: string | null, knownToken: string | null, videoUrl: string, signal: AbortSignal): Promise<Session> {
  if (knownToken || !sessionUrl) return new Session(knownToken, videoUrl);

  const response = await fetch(sessionUrl, { signal });
  if (!response.ok) throw LoadFailure.fromStatus(response.status);
  const body = await response.json() as { session_token?: string };

  return new Session(body.session_token || null, videoUrl);
}
