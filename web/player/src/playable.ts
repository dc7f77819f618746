import { LoadFailure } from './failure';

const firstDelay = 500;
const longestDelay = 5000;
const delayGrowth = 1.4;
const networkAttempts = 8;

/** Waits until the manifest is there: api.video answers 202, or nothing, while no quality is encoded yet. */
export async function waitUntilPlayable(manifestUrl: string, signal: AbortSignal, onProcessing: () => void): Promise<void> {
  let attemptsLeft = networkAttempts;

  for (let delay = firstDelay; ; delay = Math.min(delay * delayGrowth, longestDelay)) {
    const answer = await ask(manifestUrl, signal);
    if (answer === 'playable') return;
    if (answer === 'processing') {
      attemptsLeft = networkAttempts;
      onProcessing();
    } else if (--attemptsLeft === 0) {
      throw new LoadFailure('network');
    }
    await pause(delay, signal);
  }
}

async function ask(manifestUrl: string, signal: AbortSignal): Promise<'playable' | 'processing' | 'unreachable'> {
  let response: Response;
  try {
    response = await fetch(manifestUrl, { signal, cache: 'no-store' });
  } catch (error) {
    if (signal.aborted) throw error;
    return 'unreachable';
  }

  if (response.status === 202) return 'processing';
  if (response.ok) return (await response.text()).trim() ? 'playable' : 'processing';
  if (response.status < 500) throw LoadFailure.fromStatus(response.status);
  return 'unreachable';
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('aborted', 'AbortError'));
    });
  });
}
