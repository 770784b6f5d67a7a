import { computed, effect, signal } from '@preact/signals'
import { en, type Words } from './words/en.ts'
import { zh } from './words/zh.ts'
import { device } from './storage.ts'

export type Language = 'en' | 'zh'

const first = (): Language => {
  const kept = device.get('language')
  if (kept === 'en' || kept === 'zh') return kept
  return navigator.languages.find((one) => /^(zh|en)/i.test(one))?.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

export const language = signal<Language>(first())
const words = computed<Words>(() => (language.value === 'zh' ? zh : en))

/** The words of the chosen language; a component that reads them is drawn again when it changes. */
export const t = (): Words => words.value

export function choose(wanted: Language): void {
  language.value = wanted
  device.set('language', wanted)
}

effect(() => {
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en'
})

/** For the browser's own formats. */
export const locale = (): string => (language.value === 'zh' ? 'zh-CN' : 'en-GB')

const TIME: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' }
const DATE: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric' }
const kept = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>()

/** Making a format takes longer than drawing a row; each is made once. */
function format<T extends Intl.DateTimeFormat | Intl.NumberFormat>(name: string, make: (locale: string) => T): T {
  const key = `${locale()} ${name}`
  const found = (kept.get(key) as T | undefined) ?? make(locale())
  kept.set(key, found)
  return found
}

/** A moment as people write it here: the time today, else the date. */
export function moment(iso: string): string {
  const at = new Date(iso)
  const today = at.toDateString() === new Date().toDateString()
  return format(today ? 'time' : 'date', (locale) => new Intl.DateTimeFormat(locale, today ? TIME : DATE)).format(at)
}

export const number = (value: number, digits = 0): string =>
  format(`${digits} digits`, (locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits })).format(value)

/** A score or a share of 1 in a column: always three digits. */
export const score = (value: number): string =>
  format('score', (locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 })).format(value)

/** A role as it is called here; one that is not Cloister's stays as it is. */
export const role = (name: string): string => t().shell.roles[name as 'admin'] ?? name

/** Seconds, to the digits that are given. */
export const seconds = (value: number, digits = 0): string => t().units.seconds(number(value, digits))

/** The size of a file; a small one has bytes, not 0 KiB. */
export const size = (bytes: number): string =>
  bytes < 1024 ? `${number(bytes)} B` : bytes < 1024 ** 2 ? `${number(bytes / 1024)} KiB` : `${number(bytes / 1024 ** 2, 1)} MiB`

/** A share of 1. */
export const percent = (share: number): string => t().units.percent(number(share * 100))

/** Names or words in a row, and a text after its label, as people write them here. */
export const list = (all: readonly string[]): string => t().units.list(all)
export const labelled = (label: string, text: string): string => t().units.labelled(label, text)

/** Seconds as a wait: "8 s", "2 min". */
export const wait = (seconds: number): string =>
  seconds < 90 ? t().units.seconds(Math.max(1, Math.round(seconds))) : t().units.minutes(Math.round(seconds / 60))
