import assert from 'node:assert/strict'
import { test } from 'node:test'
import { frames } from './sse.ts'

async function heard(...pieces: (string | Uint8Array)[]) {
  const stream = new ReadableStream<Uint8Array>({
    start(out) {
      for (const piece of pieces) out.enqueue(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece)
      out.close()
    },
  })
  return Array.fromAsync(frames(stream))
}

test('an event is whole, however it is cut', async () => {
  const bytes = new TextEncoder().encode('event: token\nid: 3-ab\ndata: {"text":"中文"}\n\n')
  const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte))
  assert.deepEqual(await heard(...pieces), [{ name: 'token', id: '3-ab', data: '{"text":"中文"}' }])
})

test('a line that is silent for long is given up', async () => {
  const silent = frames(new ReadableStream<Uint8Array>(), 20)
  await assert.rejects(() => silent.next(), /silent/)
})

test('comments say nothing, and what is not ended is no event', async () => {
  assert.deepEqual(await heard(': still here\n\n', 'data: 1\n\n', 'data: 2'), [{ name: 'message', id: '', data: '1' }])
})
