// Writes a .br and a .gz beside every file of a folder that gets smaller by it, and holds the page to its budget.
//
//   node scripts/compress.mjs dist
//
// Hashes of what was compressed stand in target/page/, so that nothing is compressed twice.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

// Everything the first page loads, in bytes, compressed with brotli.
const BUDGET = 300_000
const COMPRESSIBLE = /\.(html|js|mjs|wasm|css|svg|json|webmanifest|txt|xml|map)$/
const FIRST_PAGE = /(^index\.html|\.js|\.wasm|\.css)$/

const folder = process.argv[2] ?? 'dist'
const cache = 'target/page/compressed'
mkdirSync(cache, { recursive: true })

// Compressing wasm at full strength takes seconds: a result is kept under the hash of what it was made from.
function once(data, kind, make) {
  const file = join(cache, `${createHash('sha256').update(data).digest('hex')}.${kind}`)
  if (existsSync(file)) return readFileSync(file)
  const made = make(data)
  writeFileSync(file, made)
  return made
}

const brotli = (data) =>
  brotliCompressSync(data, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: data.length },
  })
const gzip = (data) => gzipSync(data, { level: 9 })

const names = readdirSync(folder, { recursive: true }).map(String).sort()
for (const name of names.filter((name) => /\.(br|gz)$/.test(name))) {
  if (!names.includes(name.slice(0, -3))) rmSync(join(folder, name))
}

const rows = []
for (const name of names.filter((name) => COMPRESSIBLE.test(name))) {
  const path = join(folder, name)
  const data = readFileSync(path)
  const [br, gz] = [once(data, 'br', brotli), once(data, 'gz', gzip)]
  for (const [end, made] of [['.br', br], ['.gz', gz]]) {
    if (made.length < data.length) writeFileSync(path + end, made)
    else rmSync(path + end, { force: true })
  }
  rows.push({ name, raw: data.length, gz: Math.min(gz.length, data.length), br: Math.min(br.length, data.length) })
}

const wide = Math.max(...rows.map((row) => row.name.length), 12)
const line = (name, raw, gz, br) => console.log(`${name.padEnd(wide)} ${[raw, gz, br].map((cell) => String(cell).padStart(10)).join('')}`)
line('file', 'bytes', 'gzip', 'brotli')
for (const row of rows) line(row.name, row.raw, row.gz, row.br)
const first = rows.filter((row) => FIRST_PAGE.test(row.name))
const sum = (key) => first.reduce((total, row) => total + row[key], 0)
line('first page', sum('raw'), sum('gz'), sum('br'))

if (sum('br') > BUDGET) {
  console.error(`\nThe first page needs ${sum('br')} bytes; the budget is ${BUDGET}. See what takes the room:
  cargo install twiggy
  trunk build --release with data-keep-debug and data-wasm-opt="0" on the rust link of app/index.html
  twiggy top -n 40 dist/*_bg.wasm`)
  process.exit(1)
}
