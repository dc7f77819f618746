import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { apiKey, base, bigClip, client, eventually, isEncoded, partSize } from './setup.mjs';

// The client cuts what is larger than its chunk size into parts, one after another.
const inOrder = await client.videos.create({ title: 'In parts' });
const parts = new Set();
await client.videos.upload(inOrder.videoId, bigClip, (progress) => parts.add(progress.currentChunk));

const probe = ['-v', 'error', '-select_streams', 'v', '-count_packets', '-show_streams', '-of', 'json'];
const bytes = readFileSync(bigClip);
const count = Math.ceil(bytes.length / partSize);
assert.equal(parts.size, count);
assert.ok(count >= 3, 'The clip is too small for this test.');

// Parts may also come side by side and out of order; the client offers no call for it, so these are its requests made by hand.
const outOfOrder = await client.videos.create({ title: 'Out of order' });
const send = async (part) => {
  const form = new FormData();
  form.append('clip.mp4', new Blob([bytes.subarray((part - 1) * partSize, part * partSize)]), 'clip.mp4');
  const answer = await fetch(`${base}/videos/${outOfOrder.videoId}/source`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${apiKey}:`)}`, 'content-range': `part ${part}/${count}` },
    body: form,
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  assert.equal((await answer.json()).videoId, outOfOrder.videoId);
};

await send(count);
const early = await client.videos.getStatus(outOfOrder.videoId);
assert.equal(early.ingest.status, 'uploading');
assert.deepEqual(early.ingest.receivedParts.parts, [count]);
assert.equal(early.ingest.receivedParts.total, count);

await Promise.all(Array.from({ length: count - 1 }, (_, index) => send(count - 1 - index)));

for (const video of [inOrder, outOfOrder]) {
  const status = await eventually(() => client.videos.getStatus(video.videoId), isEncoded);
  assert.deepEqual(status.ingest.receivedParts.parts, Array.from({ length: count }, (_, index) => index + 1));
  assert.equal(status.ingest.receivedParts.total, count);

  // What came in pieces is whole again.
  const { assets } = await client.videos.get(video.videoId);
  const { streams } = JSON.parse(execFileSync('ffprobe', [...probe, assets.mp4]));
  assert.equal(streams[0].nb_read_packets, '500');
  await client.videos.delete(video.videoId);
}
