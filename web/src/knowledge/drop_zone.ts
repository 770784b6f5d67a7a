import { useSignal, type Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

/** Files may be dropped anywhere on the page while `take` is given; the signal says that they are held over it. */
export function useDropZone(take: ((dropped: DataTransfer) => void) | null): Signal<boolean> {
  const over = useSignal(false)
  const taking = useRef(take)
  taking.current = take
  useEffect(() => {
    const hold = (event: DragEvent) => {
      if (!taking.current || !event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      over.value = true
    }
    const leave = (event: DragEvent) => {
      if (!event.relatedTarget) over.value = false
    }
    const drop = (event: DragEvent) => {
      over.value = false
      if (!taking.current || !event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      taking.current(event.dataTransfer)
    }
    const heard = [['dragover', hold], ['dragleave', leave], ['drop', drop]] as const
    for (const [kind, handler] of heard) document.addEventListener(kind, handler)
    return () => {
      for (const [kind, handler] of heard) document.removeEventListener(kind, handler)
    }
  }, [])
  return over
}
