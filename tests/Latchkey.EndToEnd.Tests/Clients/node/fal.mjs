// fal.ai's own client against the sandbox; its middleware turns fal.ai's address into ours, and nothing else.
import assert from 'node:assert/strict'
import { createFalClient } from '@fal-ai/client'

const { BASE_URL, API_KEY } = process.env
const fal = createFalClient({
  credentials: API_KEY,
  requestMiddleware: async (request) => ({ ...request, url: request.url.replace('https://queue.fal.run', `${BASE_URL}/fal`) }),
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
