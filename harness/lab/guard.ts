import { Scope } from '../base/scope.js';
import { dropLease, identityOf, writeLease } from './lease.js';
import { startWatchdog } from './watchdog.js';

/**
 * While it is open, a lease and a watchdog see to it that nothing outlives this process.
 * @param lab where the session's things are made: `netns`, `docker`, or `uml` for everything in a lab kernel
 */
export function guardSession(lab: string, session: string): Scope {
  const scope = new Scope();
  writeLease({ session, lab, owner: identityOf(process.pid)!, kernel: null });
  scope.defer('lease', () => dropLease(session));
  scope.defer('watchdog', startWatchdog(session));
  return scope;
}
