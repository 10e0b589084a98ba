import { rmSync } from 'node:fs'
import { createBuilder } from 'vite'

// Both outputs, or none: a failed build must not look fresh to `npm start`.
rmSync('dist', { recursive: true, force: true })
const builder = await createBuilder({ logLevel: 'warn' })
await builder.buildApp()
