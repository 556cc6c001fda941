import { afterEach, beforeEach, describe } from 'vitest';
import { openTestSystem } from '../support/queue.ts';
import { endingTests } from './flow-ending.ts';
import { orderTests } from './flow-order.ts';
import { outageTests } from './flow-outage.ts';
import { recoveryTests } from './flow-recovery.ts';
import type { FlowBackend, FlowTests } from './flow-tests.ts';

/** What a queue backend must do for a run to end, whatever happens. Real rows, real queue, stand-ins for media. */
export function flowContract(name: string, backend: FlowBackend): void {
  describe(`flows on ${name}`, () => {
    const flows = { backend } as FlowTests;
    beforeEach(async () => {
      await backend.lose(); // nothing of the test before
      flows.system = await openTestSystem(backend.urls());
    });
    afterEach(() => flows.system.close());

    orderTests(flows);
    endingTests(flows);
    outageTests(flows);
    recoveryTests(flows);
  });
}
