// Reads an AsyncAPI document and prints what is wrong with it, and what it names, as JSON.
import { readFileSync } from 'node:fs'
import { Parser } from '@asyncapi/parser'

const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], 'utf8'))
const wrong = diagnostics.filter((one) => one.severity === 0).map((one) => `${one.path.join('.')}: ${one.message}`)
const operations = document?.operations().all().map((one) => one.id()) ?? []
console.log(JSON.stringify({ wrong, version: document?.version(), operations }))
