import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { SetUp } from '../../web/src/clients/client.ts'

/** A new person's machine: an empty home, an empty project, and a terminal that knows nothing else. */
export interface Terminal {
  home: string
  project: string
  /** Writes the files and the variables as the console shows them. */
  follow(setUp: SetUp): void
  /** Runs a line, as it would be typed. */
  run(line: string, env?: Record<string, string>): Promise<Outcome>
  /** What is in a file of the project. */
  read(name: string): string | undefined
  close(): Promise<void>
}

export interface Outcome {
  /** null: it did not end in time. */
  code: number | null
  output: string
  seconds: number
}

/** Some try ten times with doubling waits, or wait for two minutes of a limit. */
const SECONDS_MAX = 300
/** Whoever asks the world outside hears at once that nobody is there. */
const NOWHERE = 'http://127.0.0.1:9'

const bin = join(import.meta.dirname, 'node_modules', '.bin')

export function openTerminal(): Terminal {
  const home = mkdtempSync(join(tmpdir(), 'pingtoken-agent-'))
  const project = join(home, 'project')
  mkdirSync(project)
  const place = (path: string, text: string) => {
    const file = path.replace(/^~/, home)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text, { flag: path === '~/.bashrc' ? 'a' : 'w' })
  }
  place('~/.bashrc', '')
  return {
    home,
    project,
    follow({ files, commands }) {
      for (const { path, text } of [...files, ...commands]) if (path) place(path, text)
    },
    run: (line, env = {}) => run(`. "$HOME/.bashrc"; ${line}`, { cwd: project, home, env }),
    read(name) {
      const file = join(project, name)
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined
    },
    async close() {
      endLeftovers(home)
      await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
    },
  }
}

interface Place {
  cwd: string
  home: string
  env: Record<string, string>
}

/** Nothing of this machine's environment is inherited; what the line leaves running is ended with it. */
function run(line: string, { cwd, home, env }: Place): Promise<Outcome> {
  const started = performance.now()
  const child = spawn('/bin/bash', ['--noprofile', '--norc', '-c', line], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: home,
      TMPDIR: home,
      LANG: 'C.UTF-8',
      TERM: 'dumb',
      NO_COLOR: '1',
      CI: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      HTTP_PROXY: NOWHERE,
      HTTPS_PROXY: NOWHERE,
      http_proxy: NOWHERE,
      https_proxy: NOWHERE,
      NO_PROXY: '127.0.0.1,localhost',
      no_proxy: '127.0.0.1,localhost',
      DO_NOT_TRACK: '1',
      ...env,
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (output += bytes.toString('utf8')))
  let late = false
  const end = () => {
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // The group has ended by itself.
    }
  }
  const timer = setTimeout(() => {
    late = true
    end()
  }, SECONDS_MAX * 1_000)
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      clearTimeout(timer)
      end()
      const seconds = Math.round((performance.now() - started) / 100) / 10
      resolve({ code: late ? null : code, output, seconds })
    })
  })
}

/** Some leave a service of theirs behind, in a group of its own: it has this home, so it is this terminal's. */
function endLeftovers(home: string) {
  for (const pid of existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []) {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
      if (environment.includes(`HOME=${home}`)) process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended meanwhile, or belongs to somebody else.
    }
  }
}
