import type { Texts } from '../texts.ts'

export const apps: Texts = {
  cursor: {
    steps: {
      settings: 'Open Cursor’s settings and there “Models”.',
      key: 'Enter your API token as “OpenAI API Key” and switch it on.',
      url: 'Switch on “Override OpenAI Base URL” and enter the base URL.',
      model: 'Add the model by its ID, and choose it in the chat.',
    },
    notes: {
      servers:
        'Cursor calls from its own servers: an address that only your computer or network knows cannot be reached, and an API token that is limited to IP addresses is refused.',
      names:
        'For names that begin with `gpt-` or contain `claude` it sends another format. Those are understood here as well.',
      one: 'One base URL holds for all OpenAI models: while it is set, Cursor’s own OpenAI models are not available.',
    },
  },
  cline: {
    steps: {
      settings: 'In the editor, open Cline and its settings.',
      provider: 'Choose “OpenAI Compatible” as the provider.',
      fill: 'Enter base URL, API token and model.',
      terminal: 'In a terminal, sign in with the first command instead, and try it with the second.',
    },
    notes: {
      provider:
        '“OpenAI” among the providers is another one that sends to `/responses`: that works too, but take “OpenAI Compatible”.',
      screens:
        'We ran the command-line program, which has the same core as the extension. The extension’s screens were not looked at.',
      telemetry: 'It reports usage to its maker unless you switch that off in its settings.',
    },
  },
  lingma: {
    steps: {
      look: 'Look in the settings of your version whether it takes a model of your own.',
      fill: 'If it does, enter these three values.',
      other: 'If it does not, use Cline in the same editor.',
    },
    notes: {
      unverified:
        'We found no documentation that says whether Lingma takes an endpoint of one’s own, and did not run it.',
    },
  },
  'cherry-studio': {
    steps: {
      settings: 'Open the settings and there “Model Provider”.',
      add: 'Add a provider of the type OpenAI.',
      fill: 'Enter API host and API key, and add the model by its ID.',
      check: 'Press “Check” beside the key.',
    },
    notes: {
      host: 'The app appends `/v1` to an address without a version. Ours has one: enter it as it stands here.',
      version: 'An address that ends with `#` is taken literally; here it is not needed.',
      fetch: 'The app can fetch the list of models: it shows those that your API token may use.',
    },
  },
  chatbox: {
    steps: {
      settings: 'Open the settings and there “Model Provider”.',
      add: 'Add a custom provider in OpenAI’s format.',
      fill: 'Enter API host, API path and API key.',
      model: 'Add the model by its ID.',
    },
    notes: {
      path: 'The app joins host and path as they are: both have to be there.',
      clipboard: 'The provider can also be imported from the clipboard: copy the JSON shown here.',
    },
  },
  'cc-switch': {
    steps: {
      install: 'Install CC Switch and the agents that it is to switch.',
      open: 'Where a new API token is shown, choose CC Switch and open the agent’s link: it carries address, token and model.',
      confirm: 'Look at what CC Switch shows, and confirm it there.',
      manual: 'Or add a provider by hand with these values.',
    },
    notes: {
      base: 'Claude Code gets the address without `/v1`, all others with it.',
      enabled: 'The link makes the new provider the current one. Your earlier providers stay in the list.',
    },
  },
  dify: {
    steps: {
      plugin: 'Install the plugin “OpenAI-API-compatible” from Dify’s marketplace.',
      add: 'Open “Model Provider” in the settings and add a model to it.',
      fill: 'Enter these values.',
      save: 'Save: Dify sends one short request to try it.',
    },
    notes: {
      ping: 'That request asks for five tokens and is billed like any other.',
      usage: 'Dify counts by itself what a stream used; what counts for your bill is the receipt here.',
      local: 'A Dify in the cloud cannot reach an address in your own network.',
    },
  },
}
