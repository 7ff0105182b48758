// Cuts the page's wasm into the part that is loaded at once and those that are loaded when they are first needed. Trunk runs it after each
// build: what Trunk made of the whole wasm gives way to the parts.
//
//   1. wasm-split-cli cuts what cargo has linked at the functions marked `wasm_split`
//   2. wasm-bindgen writes the script of the first part
//   3. Binaryen, and an order of functions that compresses well; short names between script and wasm
//   4. esbuild makes one file of the script and the loader of the parts, without what the page does not use
//   5. what a part shares with others goes into its file: wasm-split-cli leaves a hundred small modules, which would each be a request
//
// The words are files of their own, for each language: one for what is needed before the first row of a report, one for the rest. So are the
// styles of what is loaded late.
// All files of a build share one hash in their names: parts of two builds do not fit together.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { basename, delimiter, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { holding, namedByLikeness, names, rename, unnamed, without } from './wasm.mjs'

const NAME = 'vigia-page'
const staging = process.env.TRUNK_STAGING_DIR
const release = process.env.TRUNK_PROFILE === 'release'
const linked = join(process.env.CARGO_TARGET_DIR ?? 'target', 'wasm32-unknown-unknown', release ? 'wasm-release' : 'debug', `${NAME}.wasm`)
const work = join('target', 'page', 'parts')
const script = join(work, `${NAME}.js`)
const main = join(work, `${NAME}_bg.wasm`)
const run = (program, ...args) => execFileSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
// Parts that share much with another one: it comes first, and what it has they do not hold themselves.
const WITHIN = { patterns: 'behavior', changes: 'behavior', review_settings: 'reviews' }
// What the sections are called that hold the modules of a part.
const SECTION = 'module'
const edit = (file, change) => writeFileSync(file, change(readFileSync(file)))

// Binaryen as a library: to start wasm-opt, which is the same, would take longer for most parts than what it does.
const wasmOpt = process.env.PATH.split(delimiter).map((folder) => join(folder, 'wasm-opt')).find(existsSync)
if (!wasmOpt) throw new Error('wasm-opt is missing: run scripts/setup.sh')
const { default: binaryen } = await import(pathToFileURL(join(dirname(realpathSync(wasmOpt)), '..', 'index.js')).href)
// What Rust makes use of.
const { BulkMemory, BulkMemoryOpt, Multivalue, MutableGlobals, NontrappingFPToInt, ReferenceTypes, SignExt } = binaryen.Features
const FEATURES = BulkMemory | BulkMemoryOpt | Multivalue | MutableGlobals | NontrappingFPToInt | ReferenceTypes | SignExt

rmSync(work, { recursive: true, force: true })
mkdirSync(work, { recursive: true })
run('wasm-split-cli', linked, work, '--out-name', NAME)
run('wasm-bindgen', '--target=web', `--out-dir=${work}`, `--out-name=${NAME}`, '--no-typescript', '--keep-lld-exports', '--no-demangle', join(work, `${NAME}.wasm`))
rmSync(join(work, `${NAME}.wasm`))
const modules = readdirSync(work).filter((name) => name.endsWith('.wasm') && join(work, name) !== main)
const { parts, pieces } = loaded()

// The wasm and the words are on their way already; it starts when both are there.
writeFileSync(join(work, 'start.js'), `import start from './${NAME}.js'
start({ module_or_path: Promise.all([fetch(new URL('./${NAME}_bg.wasm', import.meta.url)), self.words.first]).then(([wasm]) => wasm) })
`)
if (release) {
  shortNames()
  // Classes that the page does not use: esbuild leaves them out where nothing says that making them does something.
  edit(script, (text) => text.toString().replace(/^if \(Symbol\.dispose\) .*$/gm, '').replaceAll(': new FinalizationRegistry(', ': /* @__PURE__ */ new FinalizationRegistry('))
}
const bundled = join(work, 'bundled.js')
run('esbuild', join(work, 'start.js'), '--bundle', '--format=esm', '--target=es2022', `--outfile=${bundled}`, '--log-level=warning', '--log-override:duplicate-object-key=silent', ...(release ? ['--minify'] : []))
if (release) {
  const words = new Set(readFileSync(bundled, 'utf8').match(/[A-Za-z_$][\w$]*/g))
  edit(main, (wasm) => without(wasm, (name) => words.has(name)))
  for (const file of [main, ...modules.map((name) => join(work, name))]) {
    // Less is done than at -Oz: there, Binaryen does by half what brotli does better.
    edit(file, (wasm) => optimized(unnamed(wasm), ['-O2']))
    edit(file, (wasm) => optimized(namedByLikeness(wasm), ['reorder-functions-by-name', 'strip-debug', 'strip-producers', 'strip-target-features']))
  }
}

for (const [name, held] of pieces) edit(join(work, name), () => holding(SECTION, held.map((piece) => [modules.indexOf(piece), readFileSync(join(work, piece))])))

// --- into the folder that is served -----------------------------------------------------------------------------------

const tables = wordTables()
const sheet = join(work, 'late.css')
run('esbuild', join('target', 'page', 'vigia-late.css'), `--outfile=${sheet}`, '--log-level=warning', ...(release ? ['--minify'] : []))
const hash = createHash('sha256')
for (const file of [bundled, main, ...parts.map((name) => join(work, name)), ...tables, sheet]) hash.update(readFileSync(file))
const build = hash.digest('hex').slice(0, 16)
const served = new Map(parts.map((name) => [name, `${name.replace(/^split_/, '').replace('.wasm', '').replaceAll('_', '-')}-${build}.wasm`]))
const trunks = readdirSync(staging).find((name) => /^vigia-page-[0-9a-f]+\.js$/.test(name))
if (!trunks) throw new Error(`Trunk left no script of the page in ${staging}`)
const stem = trunks.slice(0, -'.js'.length)
rmSync(join(staging, trunks))
rmSync(join(staging, `${stem}_bg.wasm`))
// Trunk starts the page by a script in the document, of the script that has just gone; ours starts by itself.
const start = new RegExp(`<script[^>]*>[^<]*${stem}[\\s\\S]*?</script>`)
edit(join(staging, 'index.html'), (html) => {
  const text = html.toString()
  if (!start.test(text)) throw new Error('Trunk wrote no script that starts the page into index.html')
  return text.replace('(TABLES)', () => `(${JSON.stringify(words())},${JSON.stringify(stylesheet())})`).replace(/<noscript>.*<\/noscript>/, noScript).replace(start, `<script type="module" src="/${NAME}-${build}.js"></script>`).replaceAll(stem, `${NAME}-${build}`)
})
const text = readFileSync(bundled, 'utf8').replaceAll(`${NAME}_bg.wasm`, `${NAME}-${build}_bg.wasm`).replace(/"\.\/([a-z_0-9]+\.wasm)"/g, (whole, name) => (served.has(name) ? `"./${served.get(name)}"` : whole))
for (const name of served.values()) if (!text.includes(name)) throw new Error(`nothing loads ${name}`)
writeFileSync(join(staging, `${NAME}-${build}.js`), text)
writeFileSync(join(staging, `${NAME}-${build}_bg.wasm`), readFileSync(main))
for (const [name, as] of served) writeFileSync(join(staging, as), readFileSync(join(work, name)))
writeFileSync(join('target', 'page', 'parts.json'), JSON.stringify(Object.fromEntries(parts.map((name) => [name.slice('split_'.length, -'.wasm'.length), [served.get(name)]])), null, 2))

/** The module after these passes; `-O2` stands for those that wasm-opt does then. */
function optimized(wasm, passes) {
  const module = binaryen.readBinary(wasm)
  module.setFeatures(FEATURES)
  binaryen.setOptimizeLevel(2)
  binaryen.setShrinkLevel(0)
  if (passes.includes('-O2')) module.optimize()
  else module.runPasses(passes)
  const made = Buffer.from(module.emitBinary())
  module.dispose()
  return made
}

/** The files of the parts, and what each holds, itself first: with it, what it shares with others, but for what the part has that comes first. Writes a loader that takes them from there. */
function loaded() {
  const file = join(work, '__wasm_split.js')
  const text = readFileSync(file, 'utf8')
  const imports = text.match(/const (\{.*?\}) = initSync\(/)
  const shared = new Map([...text.matchAll(/export const __wasm_split_load_(\w+) = [\s\S]*?\n, \[(.*?)\]\)\);/g)].map(([, part, chunks]) => [part, chunks.match(/chunk_\d+/g) ?? []]))
  const parts = [...shared.keys()].map((part) => `split_${part}.wasm`)
  const found = new Set([...parts, ...[...shared.values()].flat().map((chunk) => `${chunk}.wasm`)])
  if (!imports || modules.some((name) => !found.has(name))) throw new Error('wasm-split-cli writes its loader otherwise: see what it loads, and how')
  const pieces = new Map([...shared].map(([part, chunks]) => [`split_${part}.wasm`, [`split_${part}.wasm`, ...chunks.filter((chunk) => !shared.get(WITHIN[part])?.includes(chunk)).map((chunk) => `${chunk}.wasm`)]]))
  writeFileSync(file, `import { initSync } from './${NAME}.js'
let imports
const shared = () => (imports ??= (({ ${imports[1].slice(1, -1)} }) => ({ __wasm_split: { ${imports[1].slice(1, -1)} } }))(initSync()))
const made = new Map()
// Once for each, however many parts hold it; what went wrong is tried again.
const make = (section) => {
  const number = new DataView(section).getUint16(0, true)
  if (!made.has(number)) made.set(number, WebAssembly.instantiate(section.slice(2), shared()).catch((error) => {
    made.delete(number)
    throw error
  }))
  return made.get(number)
}
const part = (file, first) => {
  let loading
  const load = async () => {
    const [whole] = await Promise.all([WebAssembly.compileStreaming(fetch(file)), first?.()])
    const [own, ...others] = WebAssembly.Module.customSections(whole, '${SECTION}')
    await Promise.all(others.map(make))
    await make(own)
  }
  return () => (loading ??= load().catch((error) => {
    loading = undefined
    throw error
  }))
}
const loader = (load) => async (callback, data) => {
  let success = true
  try {
    await load()
  } catch (error) {
    success = false
    console.error(error)
  }
  shared().__wasm_split.__indirect_function_table.get(callback)(data, success)
}
${[...shared.keys()].sort((one, other) => (one in WITHIN) - (other in WITHIN)).map((name) => `const $${name} = part(new URL("./split_${name}.wasm", import.meta.url)${WITHIN[name] ? `, $${WITHIN[name]}` : ''})
export const __wasm_split_load_${name} = loader($${name})`).join('\n')}
`)
  return { parts, pieces }
}

/** The files with the words that were made with the wasm: the compiler notes where it found the index of them. */
function wordTables() {
  const made = readFileSync(linked.replace(/\.wasm$/, '.d'), 'utf8').match(/\S+\/out(?=\/words\.rs\b)/)
  if (!made) throw new Error(`${linked} was made without words`)
  return readdirSync(made[0]).filter((name) => name.endsWith('.words')).map((name) => join(made[0], name))
}

/** Puts the words beside the wasm, and says for each language where: what is needed before the first row, and what is needed later. */
function words() {
  const languages = {}
  for (const file of tables) {
    const [language, late] = basename(file, '.words').split('.')
    const as = `words-${language}${late ? '-late' : ''}-${build}.txt`
    writeFileSync(join(staging, as), readFileSync(file))
    languages[language] ??= []
    languages[language][late ? 1 : 0] = `/${as}`
  }
  for (const language in languages) languages[language][2] = said(language, 'document.loading')
  return languages
}

/** Puts the styles beside it that come with the first part that is loaded late, and says where. */
function stylesheet() {
  writeFileSync(join(staging, `late-${build}.css`), readFileSync(sheet))
  return `/late-${build}.css`
}

/** What the document says before there is anything of the page, as the files of words have it. */
function said(language, key) {
  const line = readFileSync(join('app', 'words', `${language}.ini`), 'utf8').split('\n').find((line) => line.startsWith(`${key} = `))
  if (!line) throw new Error(`app/words/${language}.ini has no ${key}`)
  return line.slice(`${key} = `.length).trim()
}

/** Where there is no script that could choose, it is said in every language. */
function noScript() {
  const languages = Object.keys(words()).sort((one, other) => (other === 'en') - (one === 'en') || one.localeCompare(other))
  const link = '<a href="/api/docs">/api/docs</a>'
  const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const paragraph = (language) => `<p lang="${language}">${escaped(said(language, 'document.no-script')).replace('{address}', link)}</p>`
  return `<noscript>${languages.map(paragraph).join('')}</noscript>`
}

/** wasm-bindgen names what script and wasm give each other with hashes, which do not compress. */
function shortNames() {
  const { imports, exports } = names(readFileSync(main), `./${NAME}_bg.js`)
  const long = [...imports, ...exports].filter((name) => /^__wb(g|indgen)_|^__wasm_bindgen_|^wasm_bindgen__/.test(name))
  const short = new Map(long.map((name, at) => [name, `_${at.toString(36)}`]))
  edit(main, (wasm) => rename(wasm, `./${NAME}_bg.js`, short))
  edit(script, (text) => text.toString().replace(/[A-Za-z_$][\w$]*/g, (word) => short.get(word) ?? word))
}
