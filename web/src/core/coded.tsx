/** A text whose parts in backticks are what is typed as it stands. */
export function Coded({ text }: { text: string }) {
  return <>{text.split('`').map((part, i) => (i % 2 ? <code key={i}>{part}</code> : part))}</>
}
