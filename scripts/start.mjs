// `npm start`: installs what is missing, builds when the sources are newer than the build, and hands over
// to the server. Needs nothing but Node ≥ 20 and npm; everything after it runs on the Node of node_modules.
import { spawn } from 'node:child_process'
import { nodeFlags } from './node-flags.mjs'
import { isFresh, nodeBinary, prepare, run } from './prepare.mjs'

await prepare()
if (!isFresh('dist/server/main.js', ['server', 'schema', 'web', 'vite.config.ts', 'package-lock.json'])) {
  console.log('Building …')
  await run(nodeBinary, ['scripts/build.ts'])
}
const server = spawn(nodeBinary, [...nodeFlags, 'dist/server/main.js'], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal))
server.once('exit', (code, signal) => process.exit(signal ? 1 : code))
