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

export interface Span {
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
  if (at < 0) return []
  const spans: Span[] = []
  for (const { node, place, length } of all.slice(at, at + wanted.length)) {
    const last = spans.at(-1)
    if (last?.node === node) last.to = place + length
    else spans.push({ node, from: place, to: place + length })
  }
  return spans
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
