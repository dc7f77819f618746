import assert from 'node:assert/strict';
import { client } from './setup.mjs';

const video = await client.videos.create({ title: 'Tagged', tags: ['tag1', 'tag2'] });
await client.videos.create({ title: 'Tagged too', tags: ['tag1', 'Дом'] });

assert.equal((await client.videos.list({ tags: ['tag1'] })).data.length, 2);
assert.equal((await client.videos.list({ tags: ['tag1', 'tag2'] })).data.length, 1);
assert.equal((await client.videos.list({ tags: ['Дом'] })).data.length, 1);
assert.equal((await client.videos.list({ tags: ['unknown'] })).pagination.itemsTotal, 0);

const counts = (await client.tags.list({})).data.map((tag) => `${tag.value} ${tag.videoCount}`).sort();
assert.deepEqual(counts, ['tag1 2', 'tag2 1', 'Дом 1']);

const byCount = await client.tags.list({ sortBy: 'videoCount', sortOrder: 'desc' });
assert.equal(byCount.data[0].value, 'tag1');
assert.equal((await client.tags.list({ value: 'tag' })).data.length, 2);

await client.videos.update(video.videoId, { tags: ['tag1'] });
assert.equal((await client.videos.list({ tags: ['tag1', 'tag2'] })).data.length, 0);
