import { t } from './i18n.ts'

/** What only the server can say, in its own words: told as such where the page speaks another language. */
export function Original({ text }: { text: string }) {
  return <>{t().errors.original}<span lang="en">{text}</span></>
}
