import type { Texts } from '../texts.ts'

export const agents: Texts = {
  'claude-code': {
    steps: {
      settings:
        'Save the settings in your home folder. If the file exists, add the lines below `env` to what is there.',
      variable:
        'Put your API token into the environment by the lines for the terminal, and open a new terminal.',
      start:
        'Start `claude` in the folder of your project, or try the command below. `/status` shows the address it uses.',
    },
    notes: {
      base: 'The address ends with `/api`, not with `/api/v1`: Claude Code appends `/v1/messages` itself.',
      token:
        'Set `ANTHROPIC_AUTH_TOKEN` only. With `ANTHROPIC_API_KEY` beside it, the two ways of signing in get into each other’s way.',
      precedence: 'A value in the settings wins over the same variable in the terminal.',
      project:
        'Never put the secret into `.claude/settings.json` of a project: that file is shared with everybody who has the project.',
      traffic:
        '`CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC` keeps it from calling its maker. Without it everything works as well.',
      retries:
        'A turn that broke off is asked again, once without streaming. What was refused or failed before any output costs nothing.',
    },
  },
  'claude-code-router': {
    steps: {
      config: 'Save the configuration in your home folder.',
      variable:
        'Put your API token into the environment by the lines for the terminal, and open a new terminal.',
      start: 'Start the router with `ccr start`; after each change of its configuration, `ccr restart`.',
      code: 'Open Claude Code through it with `ccr code`.',
    },
    notes: {
      url: '`api_base_url` is the full address of the route, with `/chat/completions` at its end.',
      version:
        'Install version 2.0.0, as above: when we tried, version 3.1.1 could not be installed because it needs a package that npm does not have.',
      errors:
        'It passes errors on without our hint not to try again: with a wrong API token Claude Code repeats the request for minutes before it says so. Stop it with Ctrl+C and correct the token.',
      messages:
        'Claude Code can also be pointed here without a router: that saves one program and keeps thinking intact.',
    },
  },
  codex: {
    steps: {
      config: 'Save the configuration in your home folder.',
      variable:
        'Put your API token into the environment by the lines for the terminal, and open a new terminal: Codex reads it from there.',
      start: 'Start `codex` in the folder of your project, or try the command below.',
    },
    notes: {
      wire: '`wire_api` has to be `responses`. Codex no longer starts with `chat`.',
      name: 'The provider may have any name but those built in, such as `openai` or `ollama`.',
      profiles: 'Profiles inside `config.toml` are gone from Codex; set `model` at the top of the file.',
      models:
        'It does not ask for a list of models: write the model’s ID exactly as the models page shows it.',
      limit:
        'At a rate limit it waits for the seconds we name and tries five times; then it reports the status without our sentence.',
    },
  },
  'qwen-code': {
    steps: {
      settings: 'Save the settings in your home folder.',
      variable:
        'Put your API token into the environment by the lines for the terminal, and open a new terminal.',
      start: 'Start `qwen` in the folder of your project, or try the command below.',
    },
    notes: {
      array: 'The value of `openai` is a bare list. In any other form it is skipped without a message.',
      provider:
        'The name `openai` is that of the protocol and has to stay; a provider of another name is skipped.',
      memory:
        'After a turn it asks once more to collect what is worth remembering. That request is billed like any other.',
      limit:
        'At a rate limit it waits and tries again by itself. Without a screen (`-p`) that can take more than two minutes.',
    },
  },
  opencode: {
    steps: {
      config: 'Save the configuration in your home folder.',
      variable:
        'Put your API token into the environment by the lines for the terminal, and open a new terminal.',
      start: 'Start `opencode` in the folder of your project, or try the command below.',
    },
    notes: {
      title:
        'Beside the first answer it asks `small_model` for a title: two requests, both billed. Choose a cheap model there.',
      package: '`@ai-sdk/openai-compatible` comes with it: nothing more has to be installed.',
      retries:
        'It repeats requests at a rate limit and after faults of the server, for as long as you let it.',
    },
  },
  openclaw: {
    steps: {
      variable:
        'Put your API token into the environment by the lines for the terminal, and open a new terminal.',
      onboard: 'Run the first command: it writes the configuration.',
      config: 'Or add the provider to the configuration by hand, as shown.',
      start: 'Try it with the second command.',
    },
    notes: {
      node: 'It needs Node.js 24.16 or newer.',
      merge: '`"mode": "merge"` keeps the providers that are already there.',
      errors: 'For a wrong API token or an empty balance it shows its own sentence; ours is in its log.',
      protocols:
        'It speaks the other protocols too: put `openai-responses` or `anthropic-messages` for `api`, with the same base URL.',
    },
  },
  qoder: {
    steps: {
      account: 'Sign in to Qoder: its program needs an account of its own before anything else.',
      wizard: 'Look in its wizard for a model of your own (“bring your own key”) that is OpenAI-compatible.',
      settings: 'Or add the provider to its settings, as shown.',
    },
    notes: {
      unverified:
        'We could not run Qoder without an account. The settings follow the schema in its package, version 1.1.52.',
      catalogue: 'What the wizard offers depends on your Qoder account.',
    },
  },
}
