import { send } from '../core/http.ts'

/** Saves the bytes as they were uploaded. */
export async function download(document: string, revision: number, title: string): Promise<void> {
  const response = await send('GET', '/api/documents/{document}/revisions/{number}/content', { path: { document, number: revision } })
  save(await response.blob(), title)
}

export function save(bytes: Blob, name: string): void {
  const place = URL.createObjectURL(bytes)
  const anchor = Object.assign(window.document.createElement('a'), { href: place, download: name })
  anchor.click()
  setTimeout(() => URL.revokeObjectURL(place), 10_000)
}
