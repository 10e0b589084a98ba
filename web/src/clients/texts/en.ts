import { agents } from './en/agents.ts'
import { apps } from './en/apps.ts'
import { programs } from './en/programs.ts'
import type { Texts } from './texts.ts'

export const texts: Texts = { ...agents, ...apps, ...programs }
