import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { client, clip, eventually, failureOf, isEncoded } from './setup.mjs';

const video = await client.videos.create({ title: 'In one piece' });

const before = await client.videos.getStatus(video.videoId);
assert.equal(before.ingest ?? null, null);
assert.equal(before.encoding.playable, false);

let sent = 0;
const uploaded = await client.videos.upload(video.videoId, clip, (progress) => (sent = progress.uploadedBytes));
assert.equal(uploaded.videoId, video.videoId);
assert.equal(uploaded.title, 'In one piece');
assert.ok(sent >= statSync(clip).size);

const again = await failureOf(client.videos.upload(video.videoId, clip));
assert.equal(again.code, 400);
assert.match(again.problemDetails.type, /video-source-already-uploaded$/);

const status = await eventually(() => client.videos.getStatus(video.videoId), isEncoded);
assert.equal(status.encoding.playable, true);
assert.equal(status.ingest.filesize, statSync(clip).size);
assert.ok(['uploaded', 'ingested'].includes(status.ingest.status));
assert.deepEqual([...new Set(status.encoding.qualities.map((quality) => quality.type))].sort(), ['hls', 'mp4']);
assert.deepEqual(
  status.encoding.qualities.filter((quality) => quality.type === 'hls').map((quality) => quality.quality),
  ['240p', '360p'],
);
assert.equal(status.encoding.metadata.width, 640);
assert.equal(status.encoding.metadata.height, 360);
assert.equal(status.encoding.metadata.videoCodec, 'h264');
assert.equal(status.encoding.metadata.audioCodec, 'aac');

const { assets } = await client.videos.get(video.videoId);
assert.equal((await fetch(assets.hls)).status, 200);
const mp4 = await fetch(assets.mp4, { method: 'HEAD' });
assert.equal(mp4.status, 200);
assert.ok(Number(mp4.headers.get('content-length')) > 0);
assert.equal((await fetch(assets.thumbnail)).headers.get('content-type'), 'image/jpeg');

await client.videos.delete(video.videoId);
assert.equal((await fetch(assets.hls)).status, 404);
