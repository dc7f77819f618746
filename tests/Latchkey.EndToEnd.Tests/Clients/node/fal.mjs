// fal.ai's own client against the sandbox; its middleware turns fal.ai's addresses into ours, and nothing else.
import assert from 'node:assert/strict'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createFalClient } from '@fal-ai/client'

const { BASE_URL, API_KEY } = process.env
const fal = createFalClient({
  credentials: API_KEY,
  requestMiddleware: async (request) => ({
    ...request,
    url: request.url
      .replace('https://queue.fal.run', `${BASE_URL}/fal`)
      .replace('https://rest.fal.ai', `${BASE_URL}/fal`)
      .replace('https://fal.run', `${BASE_URL}/fal/run`),
  }),
})

const submitted = await fal.queue.submit('latchkey/sandbox-image', { input: { prompt: 'A fox' } })
assert.ok(submitted.request_id)

let status
do {
  await new Promise((resolve) => setTimeout(resolve, 500))
  status = await fal.queue.status('latchkey/sandbox-image', { requestId: submitted.request_id, logs: true })
  assert.ok(['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED'].includes(status.status))
} while (status.status !== 'COMPLETED')

const { data } = await fal.queue.result('latchkey/sandbox-image', { requestId: submitted.request_id })
assert.equal(data.images[0].content_type, 'image/png')
assert.equal((await fetch(data.images[0].url)).status, 200)

// The same in one call, as most apps do it.
const clip = await fal.subscribe('latchkey/sandbox-video', { input: { prompt: 'A fox' }, pollInterval: 500 })
assert.equal(clip.data.video.content_type, 'video/mp4')

const doomed = await fal.queue.submit('latchkey/sandbox-image', { input: { prompt: 'fail: out_of_paint' } })
await fal.queue.subscribeToStatus('latchkey/sandbox-image', { requestId: doomed.request_id, pollInterval: 500 })
await assert.rejects(
  fal.queue.result('latchkey/sandbox-image', { requestId: doomed.request_id }),
  (error) => error.status === 422 && error.body.detail[0].type === 'out_of_paint',
)

const waiting = await fal.queue.submit('latchkey/sandbox-video', { input: { prompt: 'A fox' } })
await fal.queue.cancel('latchkey/sandbox-video', { requestId: waiting.request_id })

const [image, video] = ['latchkey/sandbox-image', 'latchkey/sandbox-video']
const picture = new Blob([await (await fetch(data.images[0].url)).arrayBuffer()], { type: 'image/png' })

// Files: uploaded by hand, and by the client itself where they stand in the input.
const useFiles = async () => {
  const uploaded = await fal.storage.upload(picture)
  assert.equal((await (await fetch(uploaded)).arrayBuffer()).byteLength, picture.size)
  const changed = await fal.subscribe(image, { input: { prompt: 'Blue', referenceImages: [uploaded, picture] } })
  assert.equal(changed.data.images.length, 1)

  // Those of more than 90 MB come in parts.
  for (const megabytes of [60, 91]) {
    const large = new Blob([picture, new Uint8Array(megabytes * 1024 * 1024)], { type: 'image/png' })
    assert.equal((await fetch(await fal.storage.upload(large), { method: 'HEAD' })).headers.get('content-length'), `${large.size}`)
  }

  await assert.rejects(fal.storage.upload(new Blob(['no picture'], { type: 'image/png' })), (error) => error.status === 422)
}

// The result in one call.
const run = async () => assert.equal((await fal.run(image, { input: { prompt: 'A fox' } })).data.images.length, 1)

// Told by a webhook, which is verified as fal.ai's documentation says.
const hearOfTheEnd = async () => {
  const receiver = createServer()
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const told = once(receiver, 'request').then(async ([request, response]) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    response.end()
    return { headers: request.headers, body: Buffer.concat(chunks) }
  })
  const hooked = await fal.queue.submit(video, {
    input: { prompt: 'A told fox' },
    webhookUrl: `http://127.0.0.1:${receiver.address().port}/`,
  })

  // Followed by a stream meanwhile.
  const seen = []
  await fal.queue.subscribeToStatus(video, {
    requestId: hooked.request_id,
    mode: 'streaming',
    onQueueUpdate: (update) => seen.push(update.status),
  })
  assert.equal(seen.at(-1), 'COMPLETED')
  assert.ok(seen.length > 1)

  const { headers, body } = await told
  receiver.close()
  const signed = [
    headers['x-fal-webhook-request-id'],
    headers['x-fal-webhook-user-id'],
    headers['x-fal-webhook-timestamp'],
    createHash('sha256').update(body).digest('hex'),
  ].join('\n')
  const { keys } = await (await fetch(`${BASE_URL}/fal/.well-known/jwks.json`)).json()
  const signature = Buffer.from(headers['x-fal-webhook-signature'], 'hex')
  assert.ok(
    keys.some(({ kty, crv, x }) => verify(null, Buffer.from(signed), createPublicKey({ key: { kty, crv, x }, format: 'jwk' }), signature)),
  )
  const message = JSON.parse(body)
  assert.equal(message.request_id, hooked.request_id)
  assert.equal(message.status, 'OK')
  assert.equal(message.payload.video.content_type, 'video/mp4')
}

// The client as it is, with nothing but a proxy.
const proxied = createFalClient({ credentials: API_KEY, proxyUrl: { url: `${BASE_URL}/fal/proxy`, when: 'always' } })
const useProxy = async () => {
  const place = await proxied.storage.upload(picture)
  const through = await proxied.subscribe(image, { input: { prompt: 'A fox', referenceImages: [place] }, mode: 'streaming' })
  assert.equal(through.data.images.length, 1)
  const stopped = await proxied.queue.submit(video, { input: { prompt: 'A stopped fox' } })
  await proxied.queue.cancel(video, { requestId: stopped.request_id })
  assert.equal((await proxied.queue.status(video, { requestId: stopped.request_id })).status, 'COMPLETED')
}

await Promise.all([useFiles(), run(), hearOfTheEnd(), useProxy()])
