/** The other half of the faults of networks and CPUs. */
import { testOnWire } from './wire-faults-tests.js';

testOnWire((at) => at % 2 === 1);
