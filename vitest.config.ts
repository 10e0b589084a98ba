import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [vue()],
  resolve: {
    // graphql 16 has no "exports": Vite would pick index.mjs while Node gives type-graphql and Apollo index.js,
    // and two copies of graphql break every instanceof check. This keeps one copy.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    // Each worker that opens PGlite is a WASM PostgreSQL of its own.
    maxWorkers: 2,
    testTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 180_000,
    globalSetup: ['test/global-setup.ts', 'test/support/postgres.ts'],
    setupFiles: ['test/setup.ts'],
  },
})
