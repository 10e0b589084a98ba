import { ccSwitch } from './cc-switch.ts'
import { chatbox } from './chatbox.ts'
import { cherryStudio } from './cherry-studio.ts'
import { claudeCodeRouter } from './claude-code-router.ts'
import { claudeCode } from './claude-code.ts'
import type { Client, Door } from './client.ts'
import { cline } from './cline.ts'
import { codex } from './codex.ts'
import { curl } from './curl.ts'
import { cursor } from './cursor.ts'
import { dify } from './dify.ts'
import { java } from './java.ts'
import { lingma } from './lingma.ts'
import { node } from './node.ts'
import { openClaw } from './openclaw.ts'
import { openCode } from './opencode.ts'
import { postman } from './postman.ts'
import { python } from './python.ts'
import { qoder } from './qoder.ts'
import { qwenCode } from './qwen-code.ts'

/** Every tool, in the order of the index: the agents first. */
export const clients: readonly Client[] = [
  claudeCode,
  codex,
  qwenCode,
  openCode,
  openClaw,
  claudeCodeRouter,
  qoder,
  cursor,
  cline,
  lingma,
  cherryStudio,
  chatbox,
  ccSwitch,
  dify,
  postman,
  curl,
  python,
  node,
  java,
]

/** A tool whose door is not served here cannot work, and is not offered. */
export const clientsFor = (doors: readonly string[]) =>
  clients.filter(({ door }) => doors.includes(door satisfies Door))

export const clientOf = (id: string) => clients.find((client) => client.id === id)
