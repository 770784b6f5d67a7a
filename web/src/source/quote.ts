/** A text without what readers do not see: width, case, spaces, punctuation, `^` before raised figures. `places[i]` is where character i was. */
export function folded(text: string): { text: string; places: number[] } {
  let found = ''
  const places: number[] = []
  for (let i = 0; i < text.length; ) {
    const char = String.fromCodePoint(text.codePointAt(i)!)
    const kept = char.normalize('NFKC').toLowerCase().replace(/[\s\p{P}\p{C}^]/gu, '')
    found += kept
    for (let k = 0; k < kept.length; k++) places.push(i)
    i += char.length
  }
  return { text: found, places }
}

interface Span {
  node: number
  from: number
  to: number
}

/** Where a quote stands in the texts of a page's pieces: one span a piece; none when it is not there. */
export function locate(pieces: string[], quote: string): Span[] {
  const wanted = folded(quote).text
  const all: { node: number; place: number; length: number }[] = []
  let text = ''
  pieces.forEach((piece, node) => {
    const part = folded(piece)
    part.places.forEach((place) => all.push({ node, place, length: piece.codePointAt(place)! > 0xffff ? 2 : 1 }))
    text += part.text
  })
  const at = wanted ? text.indexOf(wanted) : -1
  const runs = at < 0 ? cells(text, quote) : [{ at, end: at + wanted.length }]
  const spans: Span[] = []
  for (const { node, place, length } of runs.flatMap((run) => all.slice(run.at, run.end))) {
    const last = spans.at(-1)
    if (last?.node === node) last.to = place + length
    else spans.push({ node, from: place, to: place + length })
  }
  return spans
}

interface Run {
  at: number
  end: number
}

const NEAR = 300

/** The cells of a table's row where they stand near each other: a page may draw lines of one cell between others. */
function cells(text: string, quote: string): Run[] {
  const parts = quote.split(/ · |; /).map((part) => folded(part).text).filter(Boolean)
  let best: Run[] = []
  for (let first = 0; parts.length > 1 && first < parts.length && best.length < parts.length - first; first++) {
    for (let at = text.indexOf(parts[first]!); at >= 0; at = text.indexOf(parts[first]!, at + 1)) {
      const runs = [{ at, end: at + parts[first]!.length }]
      for (const part of parts.slice(first + 1)) {
        const next = text.indexOf(part, runs.at(-1)!.end)
        if (next >= 0 && next - runs.at(-1)!.end < NEAR) runs.push({ at: next, end: next + part.length })
      }
      if (runs.length > best.length) best = runs
    }
  }
  return best.length * 2 > parts.length ? best : []
}

/** The same as ranges of text nodes. */
export function rangesOf(nodes: Text[], quote: string): Range[] {
  return locate(nodes.map((node) => node.data), quote).map(({ node, from, to }) => {
    const range = document.createRange()
    range.setStart(nodes[node]!, from)
    range.setEnd(nodes[node]!, to)
    return range
  })
}
