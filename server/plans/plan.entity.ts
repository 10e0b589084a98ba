import { defineEntity, p } from '@mikro-orm/core'

export const PlanSchema = defineEntity({
  name: 'Plan',
  tableName: 'plan',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    position: p.integer().default(0),
    visible: p.boolean().default(true),
    createdAt: p.datetime(),
  },
})

export class Plan extends PlanSchema.class {}
PlanSchema.setClass(Plan)
