import { resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { articles } from './scripts/articles/plugin.ts'

const root = import.meta.dirname
// scripts/dev.ts passes the API's address; `vite build` needs none.
const api = process.env.API_URL ?? 'http://127.0.0.1:3000'

/** One config, two outputs: `vite build` writes dist/client (the console) and dist/server/main.js. */
export default defineConfig({
  root: resolve(root, 'web'),
  plugins: [vue(), tailwindcss(), articles(resolve(root, 'web/docs'), resolve(root, 'dist/documentation'))],
  builder: {},
  define: {
    __VUE_OPTIONS_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __INTLIFY_DROP_MESSAGE_COMPILER__: 'true',
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    strictPort: true,
    proxy: {
      '/graphql': { target: api, ws: true },
      '/api': { target: api },
      '/v1': { target: api },
      '/healthz': { target: api },
      '/llms.txt': { target: api },
      '^/(docs|help|agreement|privacy)(/[^?]*)?\\.md': { target: api },
    },
  },
  environments: {
    client: {
      build: { outDir: resolve(root, 'dist/client'), emptyOutDir: true, manifest: true },
    },
    ssr: {
      // Node reads every dependency from node_modules; only our own code is bundled.
      resolve: { external: true },
      build: {
        ssr: true,
        outDir: resolve(root, 'dist/server'),
        emptyOutDir: true,
        target: 'node24',
        sourcemap: true,
        minify: false,
        copyPublicDir: false,
        rolldownOptions: {
          input: {
            main: resolve(root, 'server/main.ts'),
            'database.worker': resolve(root, 'server/platform/embedded/database.worker.ts'),
            'tokenizer.worker': resolve(root, 'server/relay/tokenizer.worker.ts'),
          },
          output: {
            format: 'es',
            entryFileNames: '[name].js',
            chunkFileNames: 'chunks/[name]-[hash].js',
            keepNames: true,
          },
        },
      },
    },
  },
})
