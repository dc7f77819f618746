export type FailureReason = 'notFound' | 'forbidden' | 'network' | 'media' | 'unsupported';

/** Why a video can't be played, in a word that has a text for the viewer. */
export class LoadFailure extends Error {
  constructor(readonly reason: FailureReason) {
    super(reason);
  }

  static fromStatus(status: number): LoadFailure {
    if (status === 404 || status === 410) return new LoadFailure('notFound');
    if (status === 401 || status === 403) return new LoadFailure('forbidden');
    return new LoadFailure('network');
  }

  static from(error: unknown): LoadFailure {
    return error instanceof LoadFailure ? error : new LoadFailure('network');
  }
}
