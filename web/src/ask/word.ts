/** A stretch of text, in bold or not. */
export type Run = [text: string, bold: boolean]
export type Part = { style: string; runs: Run[] } | { rows: Run[][][] }

/** A Word file of paragraphs, each with the name of its style, and tables; written without a library: an uncompressed ZIP. */
export function wordFile(parts: Part[]): Blob {
  const body = parts.map((part) => ('rows' in part ? table(part.rows) : paragraph(part.style, part.runs))).join('')
  return zip([
    ['[Content_Types].xml', `${XML}<Types xmlns="${PACKAGE}content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="${WORD}document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${WORD}styles+xml"/></Types>`],
    ['_rels/.rels', relations('officeDocument', 'word/document.xml')],
    ['word/_rels/document.xml.rels', relations('styles', 'styles.xml')],
    ['word/styles.xml', `${XML}<w:styles xmlns:w="${MAIN}">${STYLES}</w:styles>`],
    ['word/document.xml', `${XML}<w:document xmlns:w="${MAIN}"><w:body>${body}</w:body></w:document>`],
  ])
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const MAIN = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'
const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.'
const STYLES = [
  style('Normal', 22, ''), style('Title', 40, '<w:b/>'), style('Heading1', 28, '<w:b/>'),
  style('Heading2', 24, '<w:b/>'), style('Quote', 20, '<w:i/>'), style('ListParagraph', 22, '', '<w:ind w:left="360" w:hanging="240"/>'),
].join('')

function style(name: string, halfPoints: number, more: string, place = ''): string {
  const first = name === 'Normal' ? ' w:default="1"' : ''
  return `<w:style w:type="paragraph"${first} w:styleId="${name}"><w:name w:val="${name}"/><w:pPr><w:spacing w:after="120"/>${place}</w:pPr><w:rPr>${more}<w:sz w:val="${halfPoints}"/></w:rPr></w:style>`
}

function paragraph(name: string, runs: Run[]): string {
  const kind = name && `<w:pPr><w:pStyle w:val="${name}"/></w:pPr>`
  const drawn = runs.map(([text, bold]) => `<w:r>${bold ? '<w:rPr><w:b/></w:rPr>' : ''}<w:t xml:space="preserve">${escaped(text)}</w:t></w:r>`)
  return `<w:p>${kind}${drawn.join('')}</w:p>`
}

const EDGES = ['top', 'left', 'bottom', 'right', 'insideH', 'insideV'].map((edge) => `<w:${edge} w:val="single" w:sz="4" w:color="999999"/>`).join('')

/** Word wants a paragraph between two tables. */
function table(rows: Run[][][]): string {
  const columns = Math.max(...rows.map((row) => row.length))
  const grid = '<w:gridCol/>'.repeat(columns)
  const drawn = rows.map((row) => `<w:tr>${row.map((cell) => `<w:tc>${paragraph('', cell)}</w:tc>`).join('')}</w:tr>`)
  return `<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>${EDGES}</w:tblBorders></w:tblPr><w:tblGrid>${grid}</w:tblGrid>${drawn.join('')}</w:tbl>${paragraph('', [])}`
}

/** XML knows no control characters. */
const escaped = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replace(/[<>&"]/g, (one) => `&#${one.charCodeAt(0)};`)

const relations = (kind: string, target: string): string =>
  `${XML}<Relationships xmlns="${PACKAGE}relationships"><Relationship Id="r1" Type="${OFFICE}/${kind}" Target="${target}"/></Relationships>`

function zip(files: [string, string][]): Blob {
  const parts: Uint8Array<ArrayBuffer>[] = []
  const directory: Uint8Array<ArrayBuffer>[] = []
  let offset = 0
  for (const [name, text] of files) {
    const [path, data] = [encode(name), encode(text)]
    const about = [20, 0x800, 0, 0, 0x21]
    const sizes = [crc(data), data.length, data.length]
    const local = [...words(0x04034b50), ...shorts(...about), ...sizes.flatMap((one) => words(one)), ...shorts(path.length, 0)]
    directory.push(
      Uint8Array.from([...words(0x02014b50), ...shorts(20, ...about), ...sizes.flatMap((one) => words(one)),
        ...shorts(path.length, 0, 0, 0, 0), ...words(0), ...words(offset)]), path)
    parts.push(Uint8Array.from(local), path, data)
    offset += local.length + path.length + data.length
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0)
  const end = [...words(0x06054b50), ...shorts(0, 0, files.length, files.length), ...words(size), ...words(offset), ...shorts(0)]
  return new Blob([...parts, ...directory, Uint8Array.from(end)], { type: `${WORD}document` })
}

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>
const shorts = (...values: number[]): number[] => values.flatMap((value) => [value & 255, (value >> 8) & 255])
const words = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255)

function crc(data: Uint8Array): number {
  let sum = -1
  for (const byte of data) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return (sum ^ -1) >>> 0
}
