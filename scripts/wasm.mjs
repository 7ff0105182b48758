// Just enough of the binary format of WebAssembly (https://webassembly.github.io/spec/core/binary/) to give other names to what a module
// imports and exports, and to its functions.

const IMPORT = 2
const EXPORT = 7
const CODE = 10
const FUNCTION_NAMES = 1

/** An unsigned LEB128 number, and the place behind it. */
function number(bytes, at) {
  let [value, shift] = [0, 0]
  for (;;) {
    const byte = bytes[at++]
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return [value, at]
    shift += 7
  }
}

function written(value) {
  const bytes = []
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0))
    value = Math.floor(value / 128)
  } while (value > 0)
  return Buffer.from(bytes)
}

const sized = (bytes) => Buffer.concat([written(bytes.length), bytes])

/** Sections as [id, content]; custom ones have their name in their content. */
function sections(wasm) {
  const found = []
  for (let at = 8; at < wasm.length; ) {
    const id = wasm[at]
    const [size, start] = number(wasm, at + 1)
    found.push([id, wasm.subarray(start, start + size)])
    at = start + size
  }
  return found
}

const assembled = (wasm, parts) => Buffer.concat([wasm.subarray(0, 8), ...parts.flatMap(([id, content]) => [Buffer.from([id]), sized(content)])])

/** Where the description of an import ends: its kind, and what the kind says. */
function afterDescription(bytes, at) {
  const kind = bytes[at++]
  const limits = (at) => {
    const flags = bytes[at++]
    ;[, at] = number(bytes, at)
    if (flags & 1) [, at] = number(bytes, at)
    return at
  }
  switch (kind) {
    case 0: // a function, by its type
      return number(bytes, at)[1]
    case 1: // a table, of one of the two old kinds of references
      return limits(at + 1)
    case 2: // a memory
      return limits(at)
    case 3: // a global
      return at + 2
    case 4: // a tag
      return number(bytes, at + 1)[1]
    default:
      throw new Error(`an import of kind ${kind}`)
  }
}

/** Every import as [module, name, description], and every export as [name, description]. */
function entries(content, isImport) {
  const found = []
  let [count, at] = number(content, 0)
  const text = () => {
    const [size, start] = number(content, at)
    at = start + size
    return content.subarray(start, at).toString()
  }
  for (; count > 0; count -= 1) {
    const names = isImport ? [text(), text()] : [text()]
    const end = isImport ? afterDescription(content, at) : number(content, at + 1)[1]
    found.push([...names, content.subarray(at, end)])
    at = end
  }
  return found
}

/** The names a module imports from `module`, and those it exports, in its order. */
export function names(wasm, module) {
  const content = (wanted) => sections(wasm).find(([id]) => id === wanted)?.[1]
  const [imported, exported] = [content(IMPORT), content(EXPORT)]
  return {
    imports: imported ? entries(imported, true).filter(([from]) => from === module).map(([, name]) => name) : [],
    exports: exported ? entries(exported, false).map(([name]) => name) : [],
  }
}

/** The module with other names for what it imports from `module` and for its exports: `renamed` has new names by old ones. */
export function rename(wasm, module, renamed) {
  const text = (name) => sized(Buffer.from(name))
  const parts = sections(wasm).map(([id, content]) => {
    if (id !== IMPORT && id !== EXPORT) return [id, content]
    const isImport = id === IMPORT
    const all = entries(content, isImport).map((entry) => {
      const [name, description] = entry.slice(-2)
      const own = !isImport || entry[0] === module
      return Buffer.concat([...(isImport ? [text(entry[0])] : []), text(own ? (renamed.get(name) ?? name) : name), description])
    })
    return [id, Buffer.concat([written(all.length), ...all])]
  })
  return assembled(wasm, parts)
}

/** The module without the exports that `kept` turns down. */
export function without(wasm, kept) {
  const parts = sections(wasm).map(([id, content]) => {
    if (id !== EXPORT) return [id, content]
    const all = entries(content, false).filter(([name]) => kept(name))
    return [id, Buffer.concat([written(all.length), ...all.flatMap(([name, description]) => [sized(Buffer.from(name)), description])])]
  })
  return assembled(wasm, parts)
}

const isNames = ([id, content]) => id === 0 && content.subarray(1, 5).toString() === 'name'

/** The module without its section of names. */
export const unnamed = (wasm) => assembled(wasm, sections(wasm).filter((one) => !isNames(one)))

/** An empty module that holds others in custom sections of this name, each behind its number of two bytes, the low one first. */
export function holding(name, modules) {
  const section = ([number, module]) => [0, Buffer.concat([sized(Buffer.from(name)), Buffer.from([number & 0xff, number >> 8]), module])]
  return assembled(modules[0][1], modules.map(section))
}

/** The module with names for its functions that sort so that those that are alike lie side by side: what follows its like compresses well. */
export function namedByLikeness(wasm) {
  const all = sections(wasm)
  const content = all.find(([id]) => id === CODE)?.[1]
  if (!content) return wasm
  const imported = all.find(([id]) => id === IMPORT)?.[1]
  const first = imported ? entries(imported, true).filter(([, , description]) => description[0] === 0).length : 0
  const bodies = []
  let [count, at] = number(content, 0)
  for (; count > 0; count -= 1) {
    const [size, start] = number(content, at)
    bodies.push(content.subarray(start, start + size))
    at = start + size
  }
  const place = new Map(chained(bodies).map((body, place) => [body, place]))
  const map = bodies.map((_, body) => Buffer.concat([written(first + body), sized(Buffer.from(`f${String(place.get(body)).padStart(7, '0')}`))]))
  const functions = Buffer.concat([written(map.length), ...map])
  const section = Buffer.concat([sized(Buffer.from('name')), Buffer.from([FUNCTION_NAMES]), sized(functions)])
  return assembled(wasm, [...all.filter((one) => !isNames(one)), [0, section]])
}

// How many runs of bytes of a body are kept to compare it by, and how long they are. Half as many take half as long, and the page is a kilobyte larger.
const KEPT = 192
const RUN = 5
const NONE = 0xffffffff

/** The places of the bodies, each followed by the one of those left that is most like it. */
function chained(bodies) {
  const sketches = bodies.map(sketch)
  let left = bodies.map((_, body) => body).sort((one, other) => Buffer.compare(bodies[one], bodies[other]))
  const chain = []
  for (let now = left[0]; now !== undefined; ) {
    chain.push(now)
    left = left.filter((body) => body !== now)
    let [best, next] = [-1, undefined]
    for (const body of left) {
      const like = likeness(sketches[now], sketches[body])
      if (like > best) [best, next] = [like, body]
    }
    now = next
  }
  return chain
}

/** Of all runs of bytes in a body, the one with the smallest hash in each of the kept places (MinHash with one permutation). */
function sketch(body) {
  const kept = new Uint32Array(KEPT).fill(NONE)
  for (let at = 0; at + RUN <= body.length; at += 1) {
    let hash = 2166136261
    for (let byte = at; byte < at + RUN; byte += 1) hash = Math.imul(hash ^ body[byte], 16777619)
    hash = (hash ^ (hash >>> 15)) >>> 0
    const place = hash % KEPT
    kept[place] = Math.min(kept[place], Math.imul(hash, 2654435761) >>> 0)
  }
  return kept
}

/** Which share of the runs of two bodies they have in common, about. */
function likeness(one, other) {
  let [same, either] = [0, 1]
  for (let place = 0; place < KEPT; place += 1) {
    if (one[place] !== other[place]) either += 1
    else if (one[place] !== NONE) {
      same += 1
      either += 1
    }
  }
  return same / either
}
