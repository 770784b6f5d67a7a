import { signal } from '@preact/signals'

/** Where the page is: `#/ask/<id>` becomes ['ask', '<id>']. */
export const route = signal<string[]>(read())

function read(): string[] {
  return location.hash.replace(/^#\/?/, '').split('?')[0]!.split('/').filter(Boolean).map(decode)
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

addEventListener('hashchange', () => {
  route.value = read()
})

export const link = (...parts: string[]): string => `#/${parts.map(encodeURIComponent).join('/')}`

/** Go there; `quietly` puts it in place of the present entry of the history. */
export function go(parts: string[], quietly = false): void {
  const to = link(...parts)
  if (location.hash === to) return
  if (quietly) history.replaceState(null, '', to)
  else history.pushState(null, '', to)
  route.value = parts
}

addEventListener('popstate', () => {
  route.value = read()
})
