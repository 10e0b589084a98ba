// `node scripts/run.mjs SCRIPT [ARGUMENTS]`: what `npm test` and the other commands begin with. Installs
// what is missing, then runs the script on the Node of node_modules.
import { nodeBinary, prepare, run } from './prepare.mjs'

await prepare()
const [script, ...rest] = process.argv.slice(2)
try {
  await run(nodeBinary, ['node_modules/tsx/dist/cli.mjs', script, ...rest])
} catch (error) {
  process.exit(error.code ?? 1)
}
