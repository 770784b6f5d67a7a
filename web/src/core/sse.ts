/** One server-sent event. `id` is where a lost reader goes on. */
interface Frame {
  name: string
  id: string
  data: string
}

const SILENCE = 40_000 // ms; the gateway sends a comment every 15 s

/** The events of a response, as they come. Comments keep the line alive and are skipped; one that is silent is dead. */
export async function* frames(body: ReadableStream<Uint8Array>, silence = SILENCE): AsyncGenerator<Frame> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  let ended = false
  try {
    for (;;) {
      const { done, value } = await within(silence, reader.read())
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true })
      const blocks = rest.split(/\r?\n\r?\n/)
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const frame = parse(block)
        if (frame) yield frame
      }
      ended = done
      if (done) return
    }
  } finally {
    if (!ended) void reader.cancel().catch(() => {})
  }
}

function within<T>(silence: number, piece: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('silent')), silence)
    piece.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

function parse(block: string): Frame | null {
  const frame: Frame = { name: 'message', id: '', data: '' }
  const data: string[] = []
  for (const line of block.split(/\r?\n/)) {
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? []
    if (field === 'event') frame.name = value
    else if (field === 'id') frame.id = value
    else if (field === 'data') data.push(value)
  }
  frame.data = data.join('\n')
  return data.length ? frame : null
}
