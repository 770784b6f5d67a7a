import * as pdfjs from 'pdfjs-dist'
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url'
import { send } from '../core/http.ts'
import { scriptUrl } from '../core/trusted.ts'
import { rangesOf } from './quote.ts'

interface Wanted {
  document: string
  revision: number
  page: number
  quote: string
  zoom: number
}

pdfjs.GlobalWorkerOptions.workerPort = new Worker(scriptUrl(workerUrl) as unknown as string, { type: 'module' })
let kept: { key: string; pdf: Promise<pdfjs.PDFDocumentProxy> } | null = null

async function load(document: string, revision: number): Promise<pdfjs.PDFDocumentProxy> {
  const response = await send('GET', '/api/documents/{document}/revisions/{number}/content', { path: { document, number: revision } })
  return pdfjs.getDocument({
    data: await response.arrayBuffer(), useWasm: false, enableXfa: false,
    cMapUrl: '/pdf/cmaps/', standardFontDataUrl: '/pdf/standard_fonts/',
  }).promise
}

/** Only the last document is kept. */
function open(document: string, revision: number): Promise<pdfjs.PDFDocumentProxy> {
  const key = `${document}/${revision}`
  if (kept?.key !== key) {
    void kept?.pdf.then((pdf) => pdf.loadingTask.destroy(), () => {})
    kept = { key, pdf: load(document, revision) }
    kept.pdf.catch(() => (kept = null))
  }
  return kept.pdf
}

/** Draws a page into `place` and marks the quote in it; whether it was found. */
export async function drawPage(wanted: Wanted, place: HTMLElement, called: AbortSignal): Promise<boolean> {
  const pdf = await open(wanted.document, wanted.revision)
  const page = await pdf.getPage(Math.min(wanted.page, pdf.numPages))
  if (called.aborted) return false
  const natural = page.getViewport({ scale: 1 })
  const viewport = page.getViewport({ scale: (place.clientWidth / natural.width) * wanted.zoom })
  const sheet = window.document.createElement('div')
  sheet.className = 'pdf-sheet'
  sheet.style.setProperty('--total-scale-factor', String(viewport.scale))
  sheet.style.width = `${viewport.width}px`
  sheet.style.height = `${viewport.height}px`
  const canvas = sized(viewport)
  const text = window.document.createElement('div')
  text.className = 'textLayer'
  sheet.append(canvas, text)
  const content = await page.getTextContent()
  // pdf.js measures in the document's language. In that of the page its letters are of another face, and marks stand beside the words.
  text.lang = content.lang ?? ''
  const layer = new pdfjs.TextLayer({ textContentSource: content, container: text, viewport })
  const ratio = canvas.width / viewport.width
  const drawn = page.render({ canvas, viewport, transform: [ratio, 0, 0, ratio, 0, 0] })
  called.addEventListener('abort', () => drawn.cancel())
  await Promise.all([drawn.promise, layer.render()])
  if (called.aborted) return false
  place.replaceChildren(sheet)
  return mark(layer.textDivs, wanted.quote)
}

function sized(viewport: pdfjs.PageViewport): HTMLCanvasElement {
  const canvas = window.document.createElement('canvas')
  const ratio = Math.min(devicePixelRatio || 1, 2)
  canvas.width = Math.floor(viewport.width * ratio)
  canvas.height = Math.floor(viewport.height * ratio)
  return canvas
}

/** Marks without a change of the page: a highlight over the text layer. */
function mark(divs: HTMLElement[], quote: string): boolean {
  const nodes = divs.map((div) => div.firstChild).filter((node): node is Text => node instanceof Text)
  const found = quote ? rangesOf(nodes, quote) : []
  CSS.highlights?.delete('quote')
  if (!found.length) return false
  if (globalThis.Highlight) CSS.highlights.set('quote', new Highlight(...found))
  found[0]!.startContainer.parentElement?.scrollIntoView({ block: 'center', inline: 'center' })
  return true
}
