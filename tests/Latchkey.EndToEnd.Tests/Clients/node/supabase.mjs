// An app with Supabase's own client: its user orders here, and finds what was made in the project, with the user's rights alone.
import assert from 'node:assert/strict'
import { createClient } from '@supabase/supabase-js'

const { BASE_URL, SUPABASE_URL, ANON_KEY, USER_TOKEN, OTHER_TOKEN } = process.env

const signIn = (token) =>
  createClient(SUPABASE_URL, ANON_KEY, {
    accessToken: async () => token,
    // Node 20 has no WebSocket of its own; nothing is subscribed to here.
    realtime: { transport: class {} },
  })
const ask = async (method, path, body) => {
  const answer = await fetch(BASE_URL + path, {
    method,
    headers: { Authorization: `Bearer ${USER_TOKEN}`, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  })
  assert.equal(answer.status, 200, await answer.clone().text())
  return answer.json()
}

const mine = signIn(USER_TOKEN)
const { jobId } = await ask('POST', '/api/generate/photo', { model: 'sandbox-image', prompt: 'A fox' })

const rowOf = async (client) => {
  const { data, error } = await client.from('generations').select('id,status,prompt,original_path,result_url').eq('id', jobId)
  assert.equal(error, null)
  return data[0]
}

let row
do {
  await new Promise((resolve) => setTimeout(resolve, 200))
  row = await rowOf(mine)
} while (row?.status !== 'success')
assert.equal(row.prompt, 'A fox')

const bucket = mine.storage.from('generations')
const isPicture = (bytes) => assert.equal(Buffer.from(bytes).subarray(1, 4).toString(), 'PNG')
const download = await bucket.download(row.original_path)
isPicture(await download.data.arrayBuffer())
const { data: link } = await bucket.createSignedUrl(row.original_path, 3600)
isPicture(await (await fetch(link.signedUrl)).arrayBuffer())
isPicture(await (await fetch(row.result_url, { headers: { apikey: ANON_KEY, Authorization: `Bearer ${USER_TOKEN}` } })).arrayBuffer())

// What this server gives out is a link to the project, too.
const library = await ask('GET', '/api/library')
assert.ok(library.items[0].originalUrl.startsWith(SUPABASE_URL))
isPicture(await (await fetch(library.items[0].originalUrl)).arrayBuffer())

const other = signIn(OTHER_TOKEN)
assert.equal(await rowOf(other), undefined)
assert.notEqual((await other.storage.from('generations').download(row.original_path)).error, null)

await ask('DELETE', `/api/generations/${jobId}`)
do {
  await new Promise((resolve) => setTimeout(resolve, 200))
} while (await rowOf(mine))
assert.notEqual((await bucket.download(row.original_path)).error, null)
