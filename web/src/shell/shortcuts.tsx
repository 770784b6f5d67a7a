import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { t } from '../core/i18n.ts'
import { now } from '../core/now.ts'
import { go } from '../core/route.ts'
import { Dialog } from './dialog.tsx'
import { finding } from './finder.tsx'

export const helping = signal(false)

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Keys that work everywhere; single letters only while nobody types. */
export function useShortcuts(): void {
  useEffect(() => {
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}

function press(event: KeyboardEvent): void {
  if (event.isComposing || event.defaultPrevented) return
  const act = meant(event)
  if (!act) return
  event.preventDefault()
  act()
}

function meant(event: KeyboardEvent): (() => void) | null {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') return () => now(() => (finding.value = true))
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('dialog[open]')) {
    return null
  }
  if (event.key === '?') return () => (helping.value = true)
  if (event.key === '/') return () => document.getElementById('question')?.focus()
  if (event.key === 'n') {
    return () => {
      go(['ask'])
      setTimeout(() => document.getElementById('question')?.focus())
    }
  }
  if (/^[1-9]$/.test(event.key)) return () => source(Number(event.key))
  return null
}

/** The source that is marked [n] in the newest answer that has sources. */
function source(n: number): void {
  const answers = [...document.querySelectorAll('.exchange')].filter((one) => one.querySelector('.sources'))
  const buttons = [...(answers.at(-1)?.querySelectorAll<HTMLElement>('.sources button') ?? [])]
  buttons.find((one) => one.querySelector('.cite')?.textContent === String(n))?.click()
}

export function ShortcutHelp() {
  const words = t().shortcuts
  const mod = /mac/i.test(navigator.platform) ? '⌘' : 'Ctrl'
  const keys: [string, string][] = [
    [`${mod} K`, words.find], ['N', words.fresh], ['/', words.focus], ['Enter', words.send], ['Shift Enter', words.line],
    ['1 … 9', words.sources], ['Esc', words.close], ['?', words.help],
  ]
  return (
    <Dialog title={words.title} close={() => (helping.value = false)} kind="small">
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}><dt>{key.split(' ').map((one) => <kbd key={one}>{one}</kbd>)}</dt><dd>{what}</dd></div>
        ))}
      </dl>
    </Dialog>
  )
}
