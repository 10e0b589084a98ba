import { agents } from './zh-CN/agents.ts'
import { apps } from './zh-CN/apps.ts'
import { programs } from './zh-CN/programs.ts'
import type { Texts } from './texts.ts'

export const texts: Texts = { ...agents, ...apps, ...programs }
