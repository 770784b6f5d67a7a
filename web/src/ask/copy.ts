/** Puts a text on the clipboard; whether that was possible. Pages without HTTPS have only the older way. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

function copyBySelection(text: string): boolean {
  const before = document.activeElement
  const place = Object.assign(document.createElement('textarea'), { value: text, className: 'hidden' })
  document.body.append(place)
  place.select()
  const copied = document.execCommand('copy')
  place.remove()
  if (before instanceof HTMLElement) before.focus()
  return copied
}
