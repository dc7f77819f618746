// What every script here needs: api.video's client on the running server, which is emptied first, as the client's own suite does.
import ApiVideoClient from '@api.video/nodejs-client';

export const base = process.env.BASE_URL;
export const apiKey = process.env.API_KEY;
export const clip = process.env.CLIP;
export const bigClip = process.env.BIG_CLIP;
export const picture = process.env.PICTURE;

export const partSize = 5 * 1024 * 1024;

export const client = new ApiVideoClient({
  apiKey,
  baseUri: base,
  chunkSize: partSize,
  applicationName: 'latchkey-end-to-end',
  applicationVersion: '1.0.0',
});

for (const video of (await client.videos.list()).data) await client.videos.delete(video.videoId);

/** The error that a call ends in; it is an error when it doesn't. */
export async function failureOf(call) {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('The call succeeded, though it should not have.');
}

/** Whether every quality is made. */
export const isEncoded = ({ encoding }) =>
  encoding.qualities.length > 0 && encoding.qualities.every((quality) => quality.status === 'encoded');

/** Asks again and again, for a minute, until the answer is good. */
export async function eventually(ask, isGood) {
  const end = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (isGood(answer)) return answer;
    if (Date.now() > end) throw new Error(`Still not so after a minute: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
