import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

/** Copies what pdf.js fetches at run time, and writes .br and .gz beside every text file. */
function finish(): Plugin {
  return {
    name: 'finish',
    apply: 'build',
    closeBundle() {
      for (const folder of ['cmaps', 'standard_fonts']) {
        cpSync(join('node_modules/pdfjs-dist', folder), join('dist/pdf', folder), { recursive: true })
      }
      for (const name of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
        if (!/\.(js|mjs|css|html|svg)$/.test(name)) continue
        const bytes = readFileSync(join('dist', name))
        writeFileSync(join('dist', `${name}.br`), brotliCompressSync(bytes))
        writeFileSync(join('dist', `${name}.gz`), gzipSync(bytes, { level: 9 }))
      }
    },
  }
}

const gateway = process.env['CLOISTER_URL'] ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [finish()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox128', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
  },
  server: { proxy: { '/api': gateway, '/auth': gateway, '/readyz': gateway } },
})
