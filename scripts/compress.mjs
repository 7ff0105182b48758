// Writes a .br and a .gz beside every file of a folder that gets smaller by it, and holds the page to its budgets.
//
//   node scripts/compress.mjs dist
//
// Hashes of what was compressed are in target/page/, so that nothing is compressed twice. Which files a part of the page consists of,
// scripts/parts.mjs says in target/page/parts.json.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

// In bytes, compressed with brotli: everything that is loaded before the first row of a report, and what each further part of the page is.
const FIRST_PAGE = 200_000
const PART = 60_000
const COMPRESSIBLE = /\.(html|js|mjs|wasm|css|svg|json|webmanifest|txt|xml|map)$/
// A page loads one language; English stands for all.
const FIRST_FILES = /(^index\.html|\.js|_bg\.wasm|^vigia-[0-9a-f]+\.css|^words-en-[0-9a-f]+\.txt)$/
const WITH_PARTS = /^(words-en-late-[0-9a-f]+\.txt|late-[0-9a-f]+\.css)$/

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
const over = []
const total = (name, files, budget) => {
  const sum = (key) => files.reduce((total, row) => total + row[key], 0)
  line(name, sum('raw'), sum('gz'), sum('br'))
  if (files.length === 0) over.push(`No file of the ${name} is in ${folder}.`)
  if (sum('br') > budget) over.push(`The ${name} needs ${sum('br')} bytes; its budget is ${budget}.`)
}
total('first page', rows.filter((row) => FIRST_FILES.test(row.name)), FIRST_PAGE)
total('with first part', rows.filter((row) => WITH_PARTS.test(row.name)), PART)
const parts = JSON.parse(readFileSync('target/page/parts.json', 'utf8'))
for (const [part, files] of Object.entries(parts)) total(`part ${part}`, rows.filter((row) => files.includes(row.name)), PART)
const known = Object.values(parts).flat()
for (const { name } of rows) if (name.endsWith('.wasm') && !FIRST_FILES.test(name) && !known.includes(name)) over.push(`No part of the page has ${name}.`)

if (over.length > 0) {
  console.error(`\n${over.join('\n')} See what takes the room:
  cargo install twiggy
  twiggy top -n 40 target/wasm32-unknown-unknown/wasm-release/vigia-page.wasm`)
  process.exit(1)
}
