import { queueOnRedis } from '../support/queue-on-redis.ts';
import { flowContract } from './flow.ts';

flowContract('Redis', queueOnRedis());
