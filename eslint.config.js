import vue from 'eslint-plugin-vue'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'
import vueParser from 'vue-eslint-parser'

const limits = {
  'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
  // The context comes first and does not count.
  'max-params': ['error', 4],
}

export default defineConfig(
  { ignores: ['dist', 'data', 'node_modules', 'web/src/graphql/graphql-env.d.ts'] },
  tseslint.configs.recommended,
  {
    files: ['server/**/*.ts', 'schema/**/*.ts', 'test/**/*.ts', 'scripts/**/*.ts', '*.ts'],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './test/console/tsconfig.json', './web/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    files: ['server/**/*.ts'],
    rules: {
      ...limits,
      // Metadata emission is off, so decorated classes need their types at run time spelled out anyway.
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only platform/config.ts knows the environment: take Config.',
        },
        { object: 'Math', property: 'random', message: 'Use node:crypto.' },
      ],
    },
  },
  { files: ['server/main.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['server/**/*.resolver.ts'],
    // A resolver's parameters are its GraphQL arguments.
    rules: { 'max-params': 'off' },
  },
  {
    files: ['test/**/*.ts', 'scripts/**/*.ts'],
    // Answers of other programs are looked at, not modelled; a table's columns are its test's parameters.
    rules: { '@typescript-eslint/no-explicit-any': 'off' },
  },
  vue.configs['flat/recommended'],
  {
    files: ['web/**/*.{ts,vue}'],
    languageOptions: {
      parser: vueParser,
      parserOptions: {
        parser: tseslint.parser,
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      'vue/no-v-html': 'error',
      'vue/multi-word-component-names': 'off',
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/define-macros-order': 'error',
      // Prettier's to decide.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/attributes-order': 'off',
      'vue/require-default-prop': 'off',
    },
  },
)
