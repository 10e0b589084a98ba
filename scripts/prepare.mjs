// Dependency-free: this runs before anything is installed, on whatever Node ≥ 20 is there.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const NODE_MIN = 24

/** The Node that package.json pins, as a package. */
export const nodeBinary = join(root, 'node_modules', 'node', 'bin', 'node')

/** Makes node_modules agree with package-lock.json; does nothing when it already does. */
export async function prepare() {
  process.chdir(root)
  const marker = join('node_modules', '.installed')
  const wanted = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')
  const installed = existsSync(marker) && readFileSync(marker, 'utf8') === wanted
  if (!installed || !existsSync(nodeBinary)) {
    refuseLinked()
    console.log('Installing packages (npm ci) …')
    // The build needs the development packages, even where NODE_ENV says production.
    await run('npm', ['ci', '--include=dev', '--no-fund', '--no-audit', '--loglevel=error'])
    mkdirSync('node_modules', { recursive: true })
    writeFileSync(marker, wanted)
  }
  // Everything below finds this Node first, whichever one npm was started with.
  process.env.PATH = `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`
  await checkNode()
}

/** `npm ci` empties the folder first: a linked one is another checkout's, and may be in use. */
function refuseLinked() {
  if (!lstatSync('node_modules', { throwIfNoEntry: false })?.isSymbolicLink()) return
  console.error('node_modules is a link, and what it leads to is not what package-lock.json says.')
  console.error('Install where it leads to, or remove the link and start again.')
  process.exit(1)
}

async function checkNode() {
  const version = await new Promise((resolve, reject) => {
    const child = spawn(nodeBinary, ['--version'], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.on('data', (chunk) => (text += chunk))
    child.once('error', reject)
    child.once('close', () => resolve(text.trim()))
  })
  if (Number(/^v(\d+)/.exec(version)?.[1] ?? 0) < NODE_MIN) {
    console.error(`The Node in node_modules is ${version || 'missing'}; version ${NODE_MIN} is needed.`)
    console.error('Its install script may have been blocked: run `npm ci` without --ignore-scripts.')
    process.exit(1)
  }
}

/** Runs a command to its end; rejects with its exit code. */
export function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', cwd: root })
    const forward = (signal) => child.kill(signal)
    process.once('SIGINT', forward)
    process.once('SIGTERM', forward)
    child.once('error', reject)
    child.once('close', (code) => {
      process.off('SIGINT', forward)
      process.off('SIGTERM', forward)
      if (code === 0) resolve()
      else reject(Object.assign(new Error(`${command} ended with ${code}`), { code: code ?? 1 }))
    })
  })
}

/** Whether `built` exists and nothing among `sources` (files or folders) is newer. */
export function isFresh(built, sources) {
  if (!existsSync(join(root, built))) return false
  const time = statSync(join(root, built)).mtimeMs
  return sources.every((source) => newest(join(root, source)) <= time)
}

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}
