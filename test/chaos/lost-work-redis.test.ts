import { queueOnRedis } from '../support/queue-on-redis.ts';
import { lostWorkTests } from './lost-work.ts';

lostWorkTests('Redis', queueOnRedis());
