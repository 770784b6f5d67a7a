import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { t } from '../core/i18n.ts'
import { Icon } from './icons.tsx'

interface Asked {
  title: string
  children: ComponentChildren
  close: () => void
  /** Nothing but an answer closes it. */
  firm?: boolean
  kind?: string
}

/** A modal dialog of the browser's own: it keeps the focus inside, and Escape closes it. */
export function Dialog({ title, children, close, firm, kind = '' }: Asked) {
  const place = useRef<HTMLDialogElement>(null)
  // Before the next key: what is typed then is meant for it.
  useLayoutEffect(() => {
    const before = document.activeElement
    place.current?.showModal()
    return () => (before instanceof HTMLElement ? before.focus() : undefined)
  }, [])
  return (
    <dialog
      ref={place}
      class={`dialog ${kind}`}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault()
        if (!firm) close()
      }}
      onClick={(event) => {
        if (!firm && event.target === place.current) close()
      }}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2>{title}</h2>
          {!firm && (
            <button type="button" class="quiet round" aria-label={t().actions.close} onClick={close}>
              <Icon name="close" />
            </button>
          )}
        </header>
        {children}
      </div>
    </dialog>
  )
}
