/**
 * What /api/v1 speaks, as OpenAPI 3.1; `npm run schema` writes it to schema/openapi.yaml. Answers are checked against it
 * by test/relay/openapi.test.ts.
 */
export const openApi = {
  openapi: '3.1.0',
  info: {
    title: 'PingToken REST API',
    version: '1',
    description:
      'One endpoint for Chinese AI models. Everything else (API tokens, wallet, plans, usage) is GraphQL at /graphql. Every path is served below /api/v1 and below /v1. Every answer carries x-request-id, which is the id of its receipt.',
  },
  servers: [
    {
      url: '/api/v1',
    },
  ],
  security: [
    {
      bearer: [],
    },
    {
      apiKey: [],
    },
  ],
  paths: {
    '/chat/completions': {
      post: {
        operationId: 'createChatCompletion',
        summary: 'Ask a model, streamed (SSE) or not. Unknown fields go on to the provider.',
        parameters: [
          {
            $ref: '#/components/parameters/IdempotencyKey',
          },
          {
            $ref: '#/components/parameters/Buffered',
          },
        ],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['model', 'messages'],
                properties: {
                  model: {
                    type: 'string',
                  },
                  messages: {
                    type: 'array',
                    minItems: 1,
                    items: {
                      type: 'object',
                      required: ['role'],
                    },
                  },
                  stream: {
                    type: ['boolean', 'null'],
                  },
                  temperature: {
                    type: ['number', 'null'],
                    minimum: 0,
                    maximum: 2,
                  },
                  max_tokens: {
                    type: ['integer', 'null'],
                    minimum: 1,
                  },
                },
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'The answer.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/ChatCompletion',
                },
              },
              'text/event-stream': {
                schema: {
                  type: 'string',
                },
              },
            },
          },
          default: {
            $ref: '#/components/responses/Error',
          },
        },
      },
    },
    '/messages': {
      post: {
        operationId: 'createMessage',
        summary: "The same in Anthropic's format.",
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['model', 'messages', 'max_tokens'],
                properties: {
                  model: {
                    type: 'string',
                  },
                  max_tokens: {
                    type: 'integer',
                    minimum: 1,
                  },
                  messages: {
                    type: 'array',
                    minItems: 1,
                    items: {
                      type: 'object',
                    },
                  },
                  stream: {
                    type: 'boolean',
                  },
                },
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'The answer.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Message',
                },
              },
              'text/event-stream': {
                schema: {
                  type: 'string',
                },
              },
            },
          },
          default: {
            $ref: '#/components/responses/Error',
          },
        },
      },
    },
    '/messages/count_tokens': {
      post: {
        operationId: 'countTokens',
        summary: "Counts a prompt with the model family's own tokeniser; costs nothing.",
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['model', 'messages'],
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'The count.',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['input_tokens'],
                  properties: {
                    input_tokens: {
                      type: 'integer',
                    },
                  },
                },
              },
            },
          },
          default: {
            $ref: '#/components/responses/Error',
          },
        },
      },
    },
    '/responses': {
      get: {
        operationId: 'refuseResponsesSocket',
        summary: 'Codex tries a WebSocket here first; it hears that there is none, and falls back to POST.',
        security: [],
        responses: {
          '426': {
            description: 'upgrade_required',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
          },
        },
      },
      post: {
        operationId: 'createResponse',
        summary: "The same in OpenAI's Responses format; nothing is stored.",
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['model', 'input'],
                properties: {
                  model: {
                    type: 'string',
                  },
                  input: {
                    oneOf: [
                      {
                        type: 'string',
                      },
                      {
                        type: 'array',
                        minItems: 1,
                        items: {
                          type: 'object',
                        },
                      },
                    ],
                  },
                  stream: {
                    type: 'boolean',
                  },
                },
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'The answer.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Response',
                },
              },
              'text/event-stream': {
                schema: {
                  type: 'string',
                },
              },
            },
          },
          default: {
            $ref: '#/components/responses/Error',
          },
        },
      },
    },
    '/embeddings': {
      post: {
        operationId: 'createEmbedding',
        summary: 'Vectors of texts, charged by their input tokens.',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['model', 'input'],
              },
            },
          },
        },
        responses: {
          '200': {
            description: 'The vectors.',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['object', 'model', 'data', 'usage'],
                  properties: {
                    data: {
                      type: 'array',
                      items: {
                        type: 'object',
                        required: ['embedding', 'index'],
                      },
                    },
                  },
                },
              },
            },
          },
          default: {
            $ref: '#/components/responses/Error',
          },
        },
      },
    },
    '/models': {
      get: {
        operationId: 'listModels',
        summary: "Models the API token may use; in Anthropic's shape when anthropic-version is sent.",
        responses: {
          '200': {
            description: 'The list.',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['data'],
                  properties: {
                    data: {
                      type: 'array',
                      items: {
                        $ref: '#/components/schemas/Model',
                      },
                    },
                  },
                },
              },
            },
          },
          default: {
            $ref: '#/components/responses/Error',
          },
        },
      },
    },
    '/models/{id}': {
      get: {
        operationId: 'getModel',
        parameters: [
          {
            name: 'id',
            in: 'path',
            required: true,
            schema: {
              type: 'string',
            },
          },
        ],
        responses: {
          '200': {
            description: 'One model.',
            content: {
              'application/json': {
                schema: {
                  $ref: '#/components/schemas/Model',
                },
              },
            },
          },
          default: {
            $ref: '#/components/responses/Error',
          },
        },
      },
    },
    '/key': {
      get: {
        operationId: 'getKey',
        summary: 'What the API token may do.',
        responses: {
          '200': {
            description: 'The API token.',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                },
              },
            },
          },
          default: {
            $ref: '#/components/responses/Error',
          },
        },
      },
    },
    '/credits': {
      get: {
        operationId: 'getCredits',
        summary: 'The three pools in the order of their use.',
        responses: {
          '200': {
            description: 'The balances.',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                },
              },
            },
          },
          default: {
            $ref: '#/components/responses/Error',
          },
        },
      },
    },
    '/generation': {
      get: {
        operationId: 'getReceipt',
        summary: 'Why a request cost what it did.',
        parameters: [
          {
            name: 'id',
            in: 'query',
            required: true,
            schema: {
              type: 'string',
              format: 'uuid',
            },
          },
        ],
        responses: {
          '200': {
            description: 'The receipt.',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                },
              },
            },
          },
          default: {
            $ref: '#/components/responses/Error',
          },
        },
      },
    },
    '/openapi.json': {
      get: {
        operationId: 'getOpenApi',
        security: [],
        responses: {
          '200': {
            description: 'This document.',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['openapi', 'paths'],
                },
              },
            },
          },
        },
      },
    },
  },
  components: {
    securitySchemes: {
      bearer: {
        type: 'http',
        scheme: 'bearer',
        description: 'An API token: sk-pt-…',
      },
      apiKey: {
        type: 'apiKey',
        in: 'header',
        name: 'x-api-key',
      },
    },
    parameters: {
      IdempotencyKey: {
        name: 'Idempotency-Key',
        in: 'header',
        description:
          'The same key and body within 24 hours is billed once. With Idempotency-Replay true the answer is kept, sealed.',
        schema: {
          type: 'string',
          minLength: 1,
          maxLength: 255,
        },
      },
      Buffered: {
        name: 'X-PingToken-Buffered',
        in: 'header',
        description: 'A stream is held back until it is whole, so that another channel can take over.',
        schema: {
          type: 'string',
          enum: ['true'],
        },
      },
    },
    responses: {
      Error: {
        description:
          '400 invalid_request, context_length_exceeded · 401 invalid_api_key · 402 insufficient_balance, spend_cap_exceeded · 403 model_not_allowed, ip_not_allowed · 404 model_not_found · 405 method_not_allowed · 408 request_timeout · 409 request_in_progress, request_already_answered · 413 body_too_large · 415 unsupported_media_type · 422 idempotency_mismatch · 429 rate_limit_exceeded · 502 upstream_error · 503 no_channel_available, service_unavailable · 504 upstream_timeout',
        content: {
          'application/json': {
            schema: {
              $ref: '#/components/schemas/Error',
            },
          },
        },
      },
    },
    schemas: {
      Error: {
        type: 'object',
        required: ['type', 'error', 'request_id'],
        properties: {
          type: {
            const: 'error',
          },
          request_id: {
            type: 'string',
            format: 'uuid',
          },
          error: {
            type: 'object',
            required: ['type', 'code', 'message', 'param'],
            properties: {
              type: {
                type: 'string',
              },
              code: {
                type: 'string',
                pattern: '^[a-z0-9_]+$',
              },
              message: {
                type: 'string',
                minLength: 1,
              },
              param: {
                type: ['string', 'null'],
              },
            },
          },
        },
      },
      ChatCompletion: {
        type: 'object',
        required: ['id', 'object', 'model', 'choices', 'usage'],
        properties: {
          object: {
            const: 'chat.completion',
          },
          model: {
            type: 'string',
          },
          choices: {
            type: 'array',
            minItems: 1,
            items: {
              type: 'object',
              required: ['index', 'message', 'finish_reason'],
              properties: {
                finish_reason: {
                  enum: ['stop', 'length', 'tool_calls', 'content_filter'],
                },
              },
            },
          },
          usage: {
            type: 'object',
            required: ['prompt_tokens', 'completion_tokens', 'total_tokens', 'cost'],
            properties: {
              prompt_tokens: {
                type: 'integer',
                minimum: 0,
              },
              completion_tokens: {
                type: 'integer',
                minimum: 0,
              },
              cost: {
                type: 'number',
                minimum: 0,
                description: 'In CNY.',
              },
            },
          },
        },
      },
      Message: {
        type: 'object',
        required: ['id', 'type', 'role', 'model', 'content', 'stop_reason', 'usage'],
        properties: {
          type: {
            const: 'message',
          },
          role: {
            const: 'assistant',
          },
          content: {
            type: 'array',
            items: {
              type: 'object',
              required: ['type'],
            },
          },
          stop_reason: {
            enum: ['end_turn', 'max_tokens', 'tool_use', 'refusal'],
          },
          usage: {
            type: 'object',
            required: ['input_tokens', 'output_tokens'],
          },
        },
      },
      Response: {
        type: 'object',
        required: ['id', 'object', 'status', 'model', 'output', 'usage'],
        properties: {
          object: {
            const: 'response',
          },
          status: {
            enum: ['completed', 'incomplete', 'failed', 'in_progress'],
          },
          output: {
            type: 'array',
            items: {
              type: 'object',
              required: ['id', 'type'],
            },
          },
        },
      },
      Model: {
        type: 'object',
        required: ['id'],
        properties: {
          id: {
            type: 'string',
          },
        },
      },
    },
  },
} as const
