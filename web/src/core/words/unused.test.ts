import assert from 'node:assert/strict'
import { test } from 'node:test'
import ts from 'typescript'

const host: ts.ParseConfigFileHost = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (problem) => assert.fail(String(problem.messageText)) }
const { fileNames, options } = ts.getParsedCommandLineOfConfigFile('tsconfig.json', {}, host)!
const program = ts.createProgram(fileNames, options)
const checker = program.getTypeChecker()
const used = new Set<ts.Node>()

const use = (symbol: ts.Symbol | undefined) => symbol?.declarations?.forEach((one) => used.add(one))
const useAll = (type: ts.Type) => type.getProperties().forEach(use)

/** What `words[key]` may be: the names that the key's type has; all of them where it is a cast or any string. */
function useIndexed(words: ts.Expression, key: ts.Expression): void {
  const type = checker.getTypeAtLocation(words)
  const keys = checker.getTypeAtLocation(key)
  const names = (keys.isUnion() ? keys.types : [keys]).map((one) => (one.isStringLiteral() ? type.getProperty(one.value) : undefined))
  if (ts.isAsExpression(key) || names.includes(undefined)) useAll(type)
  else names.forEach(use)
}

function look(node: ts.Node): void {
  if (ts.isPropertyAccessExpression(node)) {
    use(checker.getSymbolAtLocation(node.name))
    // Handed on as a `Record<string, string>` it is used whole.
    if (checker.getContextualType(node)?.getStringIndexType()) useAll(checker.getTypeAtLocation(node))
  } else if (ts.isElementAccessExpression(node)) useIndexed(node.expression, node.argumentExpression)
  else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword) useAll(checker.getTypeAtLocation(node.right))
  else if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
    use(checker.getTypeAtLocation(node.parent).getProperty((node.propertyName ?? node.name).getText()))
  }
  ts.forEachChild(node, look)
}

function unused(words: ts.Node, place: string): string[] {
  const found: string[] = []
  words.forEachChild((one) => {
    if (!ts.isPropertyAssignment(one)) return void found.push(...unused(one, place))
    const name = `${place}.${one.name.getText()}`
    if (!used.has(one)) found.push(name)
    else if (ts.isObjectLiteralExpression(one.initializer)) found.push(...unused(one.initializer, name))
  })
  return found
}

test('every word is said somewhere in the page', () => {
  const isWords = ({ fileName }: ts.SourceFile) => fileName.includes('/core/words/')
  const page = program.getSourceFiles().filter((one) => /\/src\//.test(one.fileName) && !one.fileName.includes('node_modules') && !one.isDeclarationFile)
  page.filter((one) => !isWords(one)).forEach(look)
  const dictionaries = page.filter((one) => isWords(one) && /(^|_)en\.ts$|\/en\.ts$/.test(one.fileName) && !one.fileName.includes('refusals'))
  assert.ok(dictionaries.length > 4)
  assert.deepEqual(dictionaries.flatMap((one) => unused(one, one.fileName.split('/').at(-1)!)), [])
})
