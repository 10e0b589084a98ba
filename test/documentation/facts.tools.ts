/** What the original says of single tools, in the way that works today: the tool and what its page states. */
export const TOOL_FACTS: [tool: string, fact: string, phrase: string | RegExp][] = [
  ['cursor', 'The address of OpenAI is overridden.', '- Override OpenAI Base URL: `BASE`'],
  ['cursor', 'The key is the API token, the model its id.', /OpenAI API Key: `YOUR_API_TOKEN`[^]*MODEL/],
  [
    'cherry-studio',
    'It takes an OpenAI-compatible provider with address, key and model.',
    /- API Host: `BASE`[^]*API Key: `YOUR_API_TOKEN`[^]*MODEL/,
  ],
  [
    'cline',
    'Its provider is the OpenAI-compatible one, with address, key and model.',
    /OpenAI Compatible[^]*BASE[^]*YOUR_API_TOKEN[^]*MODEL/,
  ],
  [
    'dify',
    'Its provider is the OpenAI-compatible one, with address, key and model.',
    /OpenAI-API-compatible[^]*MODEL[^]*YOUR_API_TOKEN[^]*BASE/,
  ],
  ['claude-code', 'It is configured in ~/.claude/settings.json.', '~/.claude/settings.json'],
  [
    'claude-code-router',
    'Its file is ~/.claude-code-router/config.json.',
    '~/.claude-code-router/config.json',
  ],
  [
    'claude-code-router',
    'It wants the full address of chat completions.',
    '"api_base_url": "BASE/chat/completions"',
  ],
  [
    'claude-code-router',
    'A provider of ours has the model, and is the default.',
    '"default": "pingtoken,MODEL"',
  ],
  [
    'codex',
    'It has a configuration file with address and model.',
    /~\/\.codex\/config\.toml[^]*model = "MODEL"[^]*base_url = "BASE"/,
  ],
  ['codex', 'Its key is in an environment variable.', 'export PINGTOKEN_API_KEY='],
  [
    'qwen-code',
    'It has a configuration file with address, key and model.',
    /~\/\.qwen\/settings\.json[^]*"id": "MODEL"[^]*"baseUrl": "BASE"/,
  ],
  [
    'lingma',
    'It has a configuration file with key, address and model.',
    /"apiKey"[^]*"baseUrl": "BASE"[^]*"model": "MODEL"/,
  ],
  [
    'openclaw',
    'It has a page of its own, with installation and configuration.',
    /npm install -g openclaw[^]*BASE/,
  ],
  ['qoder', 'It has a page of its own.', 'BASE'],
]
