/** Every second fault of networks and CPUs, shown by packets and by computing time. */
import { testOnWire } from './wire-faults-tests.js';

testOnWire((at) => at % 2 === 0);
