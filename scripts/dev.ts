// `npm run dev`: the API under tsx watch, the console under Vite, one Ctrl-C for both. (node --watch loses a
// file that an editor saves by rename.)
import { type ChildProcess, spawn } from 'node:child_process'

const run = (args: string[]): ChildProcess => spawn(process.execPath, args, { stdio: 'inherit' })
const children = [
  run(['node_modules/tsx/dist/cli.mjs', 'watch', '--clear-screen=false', 'server/main.ts']),
  run(['node_modules/vite/bin/vite.js']),
]
let stopping = false
function stop() {
  if (stopping) return
  stopping = true
  for (const child of children) child.kill('SIGTERM')
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
await Promise.race(children.map((child) => new Promise((resolve) => child.once('exit', resolve))))
stop()
