import type { Texts } from '../texts.ts'

const variable =
  'Put your API token into the environment by the lines for the terminal, and open a new terminal.'
const save = 'Save a program under the name above it.'

export const programs: Texts = {
  postman: {
    steps: {
      import: 'Save the collection and import the file in Postman.',
      variables: 'Open the collection’s variables and enter your API token as `apiKey`.',
      send: 'Choose a request and send it.',
      byHand:
        'By hand: `POST` to the base URL with `/chat/completions`, authorization “Bearer Token”, a body of JSON.',
    },
    notes: {
      variable:
        'Put the secret into the current value of the variable: only that one stays on your computer.',
      share: 'A collection that holds a secret must not be shared or published.',
    },
  },
  curl: {
    steps: { variable, run: 'Paste a command into the terminal.' },
    notes: {
      stream: '`-N` shows a streamed answer as it comes.',
      powershell:
        'On Windows the commands use PowerShell’s own `Invoke-RestMethod`: there, `curl` and its quotes mean something else from version to version.',
    },
  },
  python: {
    steps: { variable, save, run: 'Run it.' },
    notes: {
      timeout: 'Give it time: a model that thinks may need minutes for an answer that is not streamed.',
      retries:
        'The `openai` package repeats a request twice by itself at a rate limit and after faults of the server; `requests` does not.',
    },
  },
  node: {
    steps: { variable, save, run: 'Run it with Node.js 20 or newer.' },
    notes: {
      module: 'The ending `.mjs` lets the file use `import` and `await` without a package.json.',
      comments:
        'In a stream, skip lines that do not begin with `data:`: during long silences there are comments that only keep the connection open.',
    },
  },
  java: {
    steps: {
      variable,
      save,
      run: 'Put the Gson library beside it and run it with JDK 11 or newer; nothing has to be compiled first.',
    },
    notes: {
      gson: 'Gson is one file, `gson-2.10.1.jar`, from Maven Central.',
      maven: 'In a Maven project, depend on `com.google.code.gson:gson:2.10.1` instead.',
    },
  },
}
