// `npm run bench`: what the gateway costs, beside a bare pass-through proxy in the same run. Everything on
// loopback, upstream and proxy in processes of their own; read the ratios, not the absolutes.
import { spawnSync } from 'node:child_process'
import { measureRelay } from './relay.ts'

spawnSync('tsx', ['scripts/build.ts'], { stdio: 'inherit' })
console.log('\n# Settlement of one heavy account on PostgreSQL (fsync on)\n')
spawnSync('tsx', ['test/bench/settlement.ts'], { stdio: 'inherit' })
// Last: from here on this process is pinned to a core, and so is what it starts.
console.log('\n# Relay\n')
await measureRelay()
