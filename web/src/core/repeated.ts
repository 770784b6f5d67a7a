import { useEffect } from 'preact/hooks'

/** Looks at once, then again every so many milliseconds while the page can be seen. */
export function useRepeated(look: () => unknown, every: number): void {
  useEffect(() => {
    look()
    const timer = setInterval(() => {
      if (!document.hidden) look()
    }, every)
    return () => clearInterval(timer)
  }, [])
}
