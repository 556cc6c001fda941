/** What a creator pays for: it decides the priority of videos, and which presets may be chosen. */
export const creatorPlans = ['free', 'standard', 'premium'] as const;
export type CreatorPlan = (typeof creatorPlans)[number];
