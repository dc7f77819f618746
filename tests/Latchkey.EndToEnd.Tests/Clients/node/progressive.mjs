import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bigClip, client, eventually, partSize } from './setup.mjs';

// A progressive session takes files, each of which is a part; the last one may be small.
const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-parts-'));
const bytes = readFileSync(bigClip);
const parts = ['a', 'b', 'c'].map((letter, index) => {
  const file = path.join(folder, `10m.mp4.part.${letter}`);
  writeFileSync(file, bytes.subarray(index * partSize, index === 2 ? bytes.length : (index + 1) * partSize));
  return file;
});

async function upload(session) {
  await session.uploadPart(parts[0]);
  await session.uploadPart(parts[1]);
  return await session.uploadLastPart(parts[2]);
}

try {
  const video = await client.videos.create({ title: 'Progressive' });
  const uploaded = await upload(client.videos.createUploadProgressiveSession(video.videoId));
  assert.equal(uploaded.videoId, video.videoId);
  assert.equal(uploaded.title, 'Progressive');

  const token = await client.uploadTokens.createToken();
  assert.match(token.token, /^to/);
  assert.equal(token.token.length, 24);
  const delegated = await upload(client.videos.createUploadWithUploadTokenProgressiveSession(token.token));
  assert.equal(delegated.title, '10m.mp4.part.a');
  assert.notEqual(delegated.videoId, video.videoId);

  for (const { videoId } of [uploaded, delegated]) {
    const status = await eventually(() => client.videos.getStatus(videoId), (answer) => answer.encoding.playable);
    assert.deepEqual(status.ingest.receivedParts.parts, [1, 2, 3]);
    assert.equal(status.ingest.receivedParts.total, 3);
  }

  await client.uploadTokens.deleteToken(token.token);
  for (const { videoId } of [uploaded, delegated]) await client.videos.delete(videoId);
  assert.equal((await client.videos.list()).pagination.itemsTotal, 0);
} finally {
  rmSync(folder, { recursive: true });
}
