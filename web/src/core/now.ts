import { options } from 'preact'

/** Draws at once what a change asks for: the next key that is pressed finds it there. */
export function now(change: () => void): void {
  const before = options.debounceRendering
  options.debounceRendering = (draw) => draw()
  try {
    change()
  } finally {
    if (before) options.debounceRendering = before
    else delete options.debounceRendering
  }
}
