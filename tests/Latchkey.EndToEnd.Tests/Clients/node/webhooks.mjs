import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { client, clip } from './setup.mjs';

const received = [];
let arrived;
const done = new Promise((resolve) => (arrived = resolve));
const receiver = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    // The first call fails: it must come again.
    response.statusCode = received.push({ headers: request.headers, body: Buffer.concat(chunks) }) === 1 ? 500 : 204;
    response.end();
    if (received.length === 4) arrived();
  });
});
await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));

const webhook = await client.webhooks.create({
  events: ['video.encoding.quality.completed'],
  url: `http://127.0.0.1:${receiver.address().port}/hook?secret=1`,
});
assert.match(webhook.webhookId, /^webhook_/);
assert.match(webhook.signatureSecret, /^sig_sec_/);
assert.equal((await client.webhooks.list()).data.length, 1);

const video = await client.videos.create({ title: 'Hooked' });
await client.videos.upload(video.videoId, clip);
await done;

const seen = new Set();
for (const { headers, body } of received) {
  assert.equal(headers['x-api-video-webhookid'], webhook.webhookId);
  assert.equal(headers['x-api-video-signature'], createHmac('sha256', webhook.signatureSecret).update(body).digest('hex'));
  const event = JSON.parse(body);
  assert.equal(event.type, 'video.encoding.quality.completed');
  assert.equal(event.videoId, video.videoId);
  seen.add(`${event.encoding} ${event.quality}`);
}
assert.deepEqual([...seen].filter((quality) => quality.startsWith('hls')).sort(), ['hls 240p', 'hls 360p']);
assert.equal([...seen].filter((quality) => quality.startsWith('mp4')).length, 1);

await client.webhooks.delete(webhook.webhookId);
assert.equal((await client.webhooks.list()).data.length, 0);
receiver.closeAllConnections();
receiver.close();
