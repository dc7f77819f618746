import assert from 'node:assert/strict';
import { base, bigClip, client, clip, failureOf } from './setup.mjs';

const token = await client.uploadTokens.createToken({ ttl: 3600 });
assert.equal(token.ttl, 3600);
assert.ok(token.expiresAt > token.createdAt);
assert.equal((await client.uploadTokens.getToken(token.token)).token, token.token);
assert.ok((await client.uploadTokens.list()).data.some((listed) => listed.token === token.token));

const endless = await client.uploadTokens.createToken();
assert.equal(endless.ttl, 0);
assert.equal(endless.expiresAt ?? null, null);

const whole = await client.videos.uploadWithUploadToken(token.token, clip);
assert.equal(whole.title, clip.split('/').at(-1));

// Larger than the chunk size: the client does not say which video its later parts belong to, and still gets one video.
const chunked = await client.videos.uploadWithUploadToken(token.token, bigClip);
assert.equal((await client.videos.list()).pagination.itemsTotal, 2);
assert.notEqual(chunked.videoId, whole.videoId);

await client.uploadTokens.deleteToken(token.token);
assert.equal((await failureOf(client.uploadTokens.getToken(token.token))).code, 404);
const refused = await failureOf(client.videos.uploadWithUploadToken(token.token, clip));
assert.equal(refused.code, 401);
assert.match(refused.problemDetails.type, /authentication-invalid-upload-token$/);

const without = await fetch(`${base}/upload`, { method: 'POST' });
assert.equal(without.status, 401);
assert.match((await without.json()).type, /authentication-missing-upload-token$/);

await client.uploadTokens.deleteToken(endless.token);
