import { t } from '../core/i18n.ts'
import { Dialog } from './dialog.tsx'

interface Asked {
  title: string
  text: string
  act: () => void | Promise<void>
  close: () => void
}

/** Asks before what cannot be taken back. */
export function Confirm({ title, text, act, close }: Asked) {
  return (
    <Dialog title={title} close={close} kind="small">
      <p>{text}</p>
      <div class="row end">
        <button type="button" class="secondary" onClick={close}>{t().actions.cancel}</button>
        <button type="button" class="primary danger" onClick={() => { void act(); close() }}>{title}</button>
      </div>
    </Dialog>
  )
}
