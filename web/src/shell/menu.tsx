import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'

interface Asked {
  label: string
  face: ComponentChildren
  children: ComponentChildren
  kind?: string
  align?: 'start' | 'end'
  up?: boolean
}

/** A button that opens a small panel beside itself, in the top layer. */
export function Menu({ label, face, children, kind = 'quiet round', align = 'end', up = false }: Asked) {
  const id = useId()
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  // It opens where the browser puts it, and is seen once it has its place.
  useLayoutEffect(() => {
    if (open && button.current && panel.current) put(panel.current, button.current, align, up)
  }, [open])
  return (
    <>
      <button ref={button} type="button" class={kind} popovertarget={id} aria-label={label} aria-expanded={open}>
        {face}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        class={open ? 'menu' : 'menu unplaced'}
        role="group"
        aria-label={label}
        onToggle={(event) => setOpen((event as unknown as ToggleEvent).newState === 'open')}
        onClick={(event) => {
          if ((event.target as Element).closest('[data-closes]')) panel.current?.hidePopover()
        }}
      >
        {open && children}
      </div>
    </>
  )
}

function put(panel: HTMLElement, button: HTMLElement, align: 'start' | 'end', up: boolean): void {
  const from = button.getBoundingClientRect()
  const { width, height } = panel.getBoundingClientRect()
  const left = align === 'start' ? from.left : from.right - width
  const above = up || (from.bottom + height + 12 > innerHeight && from.top > height)
  panel.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`
  panel.style.top = `${Math.max(8, above ? from.top - height - 6 : from.bottom + 6)}px`
}
