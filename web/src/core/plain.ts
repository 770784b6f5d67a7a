const MARKUP: [RegExp, string][] = [
  [/^\s*\|?(\s*:?-{3,}:?\s*\|)+.*$/gm, ''], // the rule below a table's head
  [/(\|\s*:?-{3,}:?\s*)+\|/g, '|'],
  [/^\s*(#{1,6}|[-*+]|\d+[.)])\s+/gm, ''],
  [/^\s*\||\|\s*$/gm, ''],
  [/\s*\|\s*(\|\s*)*/g, ' · '],
  [/\*\*|__|`+|\s*\[\d{1,2}\]/g, ''],
  [/\s+/g, ' '],
]

/** Markdown as a line to read or to hear: no marks, no rules of tables. */
export const plain = (text: string): string => MARKUP.reduce((line, [found, by]) => line.replace(found, by), text).trim()
