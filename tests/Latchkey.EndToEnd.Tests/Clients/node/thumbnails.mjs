import assert from 'node:assert/strict';
import { createReadStream, readFileSync } from 'node:fs';
import { client, clip, eventually, picture } from './setup.mjs';

const video = await client.videos.create({ title: 'Thumbnails' });

// All of this works before there is a source.
assert.equal((await client.videos.uploadThumbnail(video.videoId, picture)).videoId, video.videoId);
assert.equal((await client.videos.uploadThumbnail(video.videoId, createReadStream(picture))).videoId, video.videoId);

const uploaded = await fetch(video.assets.thumbnail);
assert.equal(uploaded.status, 200);
assert.equal(uploaded.headers.get('content-type'), 'image/jpeg');
assert.ok((await uploaded.arrayBuffer()).byteLength > 0);

assert.equal((await client.videos.pickThumbnail(video.videoId, { timecode: '00:15:22.05' })).videoId, video.videoId);

await client.videos.upload(video.videoId, clip);
await eventually(() => client.videos.getStatus(video.videoId), (status) => status.encoding.playable);

// A picked picture is another picture, and changes the ETag.
const shot = async (timecode) => {
  const before = (await fetch(video.assets.thumbnail)).headers.get('etag');
  await client.videos.pickThumbnail(video.videoId, { timecode });
  return await eventually(
    async () => {
      const answer = await fetch(video.assets.thumbnail);
      return { status: answer.status, etag: answer.headers.get('etag'), bytes: Buffer.from(await answer.arrayBuffer()) };
    },
    (answer) => answer.status === 200 && answer.etag !== before,
  );
};
const early = await shot('00:00:01.00');
const late = await shot('00:00:08.00');
assert.notDeepEqual(early.bytes, late.bytes);
assert.deepEqual([...late.bytes.subarray(0, 2)], [0xff, 0xd8]);
assert.notDeepEqual(late.bytes, readFileSync(picture));
