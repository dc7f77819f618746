// OpenAI's own Node client against the sandbox: pictures, a change of one, a clip, and errors as its classes.
import assert from 'node:assert/strict'
import OpenAI, { toFile } from 'openai'

const { BASE_URL, API_KEY } = process.env
const openai = new OpenAI({ baseURL: `${BASE_URL}/v1`, apiKey: API_KEY })

const models = await openai.models.list()
assert.ok(models.data.some((model) => model.id === 'sandbox-image'))
assert.equal((await openai.models.retrieve('sandbox-image')).object, 'model')
await assert.rejects(openai.models.retrieve('nothing'), (error) => error.code === 'model_not_found')

const [made, linked] = await Promise.all([
  openai.images.generate({ model: 'sandbox-image', prompt: 'A fox', n: 2, size: '1024x1024' }),
  openai.images.generate({ model: 'sandbox-image', prompt: 'A fox', response_format: 'url' }),
])
assert.equal(made.data.length, 2)
const png = Buffer.from(made.data[0].b64_json, 'base64')
assert.equal(png.subarray(1, 4).toString(), 'PNG')

assert.equal((await fetch(linked.data[0].url)).headers.get('content-type'), 'image/png')

const streamed = async (name, making) => {
  const events = []
  for await (const event of await making) events.push(event)
  assert.deepEqual(events.map((event) => event.type), [name])
  assert.equal(Buffer.from(events[0].b64_json, 'base64').subarray(1, 4).toString(), 'PNG')
  assert.equal(typeof events[0].usage.total_tokens, 'number')
}
const order = { model: 'sandbox-image', prompt: 'A fox', stream: true, partial_images: 1 }
const [edited, second] = await Promise.all([
  openai.images.edit({ model: 'sandbox-image', prompt: 'Make it blue', image: await toFile(png, 'fox.png') }),
  openai.videos.create({ model: 'sandbox-video', prompt: 'Another', seconds: '4' }),
  streamed('image_generation.completed', openai.images.generate(order)),
  streamed('image_edit.completed', openai.images.edit({ ...order, image: await toFile(png, 'fox.png') })),
  assert.rejects(
    streamed('none', openai.images.generate({ ...order, prompt: 'fail: content_policy' })),
    (error) => error instanceof OpenAI.APIError && error.code === 'moderation_blocked',
  ),
])

assert.ok(edited.data[0].b64_json.length > 100)

let video = await openai.videos.create({ model: 'sandbox-video', prompt: 'A fox', seconds: '4' })
assert.equal(video.object, 'video')

while (video.status === 'queued' || video.status === 'in_progress') {
  await new Promise((resolve) => setTimeout(resolve, 500))
  video = await openai.videos.retrieve(video.id)
}

assert.equal(video.status, 'completed')
const clip = Buffer.from(await (await openai.videos.downloadContent(video.id)).arrayBuffer())
assert.equal(clip.subarray(4, 8).toString(), 'ftyp')
await assert.rejects(openai.videos.remix(video.id, { prompt: 'Blue' }), OpenAI.BadRequestError)

const listed = []
for await (const { id } of openai.videos.list({ limit: 1 })) listed.push(id)
assert.deepEqual(listed.slice(0, 2), [video.id, second.id])

assert.equal((await openai.videos.delete(video.id)).deleted, true)
await assert.rejects(openai.videos.retrieve(video.id), OpenAI.NotFoundError)

await assert.rejects(openai.images.generate({ model: 'nothing', prompt: 'x' }), (error) => error.code === 'model_not_found')
await assert.rejects(
  openai.images.generate({ model: 'sandbox-image', prompt: 'fail: content_policy' }),
  (error) => error instanceof OpenAI.BadRequestError && error.code === 'moderation_blocked',
)
await assert.rejects(
  new OpenAI({ baseURL: `${BASE_URL}/v1`, apiKey: 'wrong' }).models.list(),
  OpenAI.AuthenticationError,
)
