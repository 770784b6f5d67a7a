import { useSignal, type Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../core/i18n.ts'
import { Icon } from '../shell/icons.tsx'
import type { Marked } from './passage.tsx'

interface Asked {
  document: string
  revision: number
  page: number
  quote: string
  marked: Signal<Marked>
  failed: (why: unknown) => void
}

/** A page of a PDF, drawn in the browser's own sandbox; pdf.js is loaded with the first one. */
export function PdfPage({ document, revision, page, quote, marked, failed }: Asked) {
  const place = useRef<HTMLDivElement>(null)
  const zoom = useSignal(1)
  const busy = useSignal(true)
  useEffect(() => {
    const called = new AbortController()
    busy.value = true
    marked.value = 'looking'
    void draw(called.signal).catch((why) => {
      if (!called.signal.aborted) failed(why)
    })
    return () => called.abort()
  }, [document, revision, page, quote, zoom.value])
  async function draw(called: AbortSignal): Promise<void> {
    const { drawPage } = await import('./pdf.ts')
    const found = await drawPage({ document, revision, page, quote, zoom: zoom.value }, place.current!, called)
    if (called.aborted) return
    busy.value = false
    marked.value = found ? 'found' : 'missing'
  }
  return (
    <>
      {busy.value && <p class="note" aria-busy="true">{t().source.loading}</p>}
      <div class="pdf" ref={place} />
      <div class="zoom">
        <button type="button" class="quiet round" aria-label={t().source.zoomOut} disabled={zoom.value <= 0.75}
          onClick={() => (zoom.value /= 1.25)}>
          <span aria-hidden="true">−</span>
        </button>
        <button type="button" class="quiet round" aria-label={t().source.zoomIn} disabled={zoom.value >= 3}
          onClick={() => (zoom.value *= 1.25)}>
          <Icon name="plus" />
        </button>
      </div>
    </>
  )
}
