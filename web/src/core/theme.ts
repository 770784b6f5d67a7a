import { signal } from '@preact/signals'
import { device } from './storage.ts'

export type Theme = 'auto' | 'light' | 'dark'

const kept = device.get('theme')
export const theme = signal<Theme>(kept === 'light' || kept === 'dark' ? kept : 'auto')

export function setTheme(wanted: Theme): void {
  theme.value = wanted
  device.set('theme', wanted === 'auto' ? null : wanted)
  if (wanted === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = wanted
}
