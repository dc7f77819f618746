import assert from 'node:assert/strict';
import { client, failureOf } from './setup.mjs';

assert.equal((await client.videos.list()).pagination.itemsTotal, 0);

const a = await client.videos.create({ title: 'Video A', metadata: [{ key: 'shop', value: 'Баня' }] });
assert.equal(a.title, 'Video A');
assert.equal(a._public, true);
assert.equal(a.panoramic, false);
assert.equal(a.mp4Support, true);
assert.deepEqual(a.tags, []);
assert.ok(a.createdAt instanceof Date);
assert.match(a.videoId, /^vi[0-9A-Za-z]{22}$/);
assert.match(a.assets.thumbnail, /\/thumbnail\.jpg$/);

const b = await client.videos.create({ title: 'Video B', metadata: [{ key: 'shop', value: 'Баня' }, { key: 'floor', value: '2' }] });
const c = await client.videos.create({ title: 'Video C', description: 'the third' });

// Seen at once.
const all = await client.videos.list();
assert.equal(all.pagination.itemsTotal, 3);
assert.equal(all.pagination.pageSize, 25);

// A title is found by any piece of it.
assert.equal((await client.videos.list({ title: 'A' })).data.length, 1);
assert.equal((await client.videos.list({ title: 'Video' })).data.length, 3);
assert.equal((await client.videos.list({ title: 'nothing like it' })).pagination.itemsTotal, 0);

const titles = async (options) => (await client.videos.list(options)).data.map((video) => video.title);
assert.deepEqual(await titles({ sortBy: 'title', sortOrder: 'asc' }), ['Video A', 'Video B', 'Video C']);
assert.deepEqual(await titles({ sortBy: 'title', sortOrder: 'desc' }), ['Video C', 'Video B', 'Video A']);
assert.deepEqual(await titles({ sortBy: 'title', sortOrder: 'asc', currentPage: 2, pageSize: 2 }), ['Video C']);

// Metadata: every pair must be there, exactly.
assert.equal((await client.videos.list({ metadata: { shop: 'Баня' } })).data.length, 2);
assert.deepEqual(await titles({ metadata: { shop: 'Баня', floor: '2' } }), ['Video B']);
assert.equal((await client.videos.list({ metadata: { shop: 'nowhere' } })).pagination.itemsTotal, 0);

// What an update does not name stays; an array is replaced as a whole.
const updated = await client.videos.update(b.videoId, { title: 'Video B2', metadata: [] });
assert.equal(updated.title, 'Video B2');
assert.deepEqual(updated.metadata, []);
assert.equal((await client.videos.get(c.videoId)).description, 'the third');
assert.equal((await client.videos.list({ metadata: { floor: '2' } })).data.length, 0);

await client.videos.delete(a.videoId);
const gone = await failureOf(client.videos.get(a.videoId));
assert.equal(gone.code, 404);
assert.equal(gone.problemDetails.name, 'videoId');
assert.equal(gone.message, gone.problemDetails.title);
assert.equal((await client.videos.list()).pagination.itemsTotal, 2);

const nameless = await failureOf(client.videos.create({ title: '' }));
assert.equal(nameless.code, 400);
assert.match(nameless.problemDetails.type, /attribute-required$/);
assert.equal(nameless.problemDetails.name, 'title');

const page = await failureOf(client.videos.list({ currentPage: 0 }));
assert.equal(page.code, 400);
assert.equal(page.problemDetails.name, 'page');
assert.equal(page.problemDetails.range.min, 1);

const headers = (await client.videos.listWithResponseHeaders()).headers;
assert.equal(headers['content-type'], 'application/json');
assert.ok(Number(headers['x-ratelimit-limit']) > 0);
