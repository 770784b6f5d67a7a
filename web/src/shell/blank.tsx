import { unreached } from '../core/session.ts'
import { Mark } from './icons.tsx'

/** As `index.html` begins, until it is known who is here. */
export function Blank() {
  return (
    <div class="blank" aria-busy="true">
      <Mark />
      {unreached.value && <p class="note" role="alert">{unreached.value}</p>}
    </div>
  )
}
