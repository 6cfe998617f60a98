import { formatDuration } from '../../base/units.js';
import { hostsWith, type Plan } from '../../experiment/plan.js';
import { type Judge, passIf, unknown } from './verdict.js';

export const noDeadElementSelected: Judge<'noDeadElementSelected'> = ({ after }, { plan, outcome }) => {
  const found = outcome.wire?.deadSelectable ?? outcome.deadSelectable;
  if (!found) return unknown('there is no capture that shows who was selected');
  const limit = after ?? timeToNotice(plan);
  if (found.length === 0) return unknown('no registered element was silenced by a fault');
  const late = found.flatMap(
    ({ faultId, host, element, faultAt, lastOfferedAt, lastConnectedAt, offered, connected }) => {
      const last = Math.max(lastOfferedAt ?? faultAt, lastConnectedAt ?? faultAt) - faultAt;
      return last > limit ? [{ faultId, host, element, last, offered, connected }] : [];
    },
  );
  const offered = found.reduce((sum, each) => sum + each.offered, 0);
  const connected = found.reduce((sum, each) => sum + each.connected, 0);
  const worst = late.sort((a, b) => b.last - a.last)[0];
  const summary = `${found.length} elements silenced, named ${offered} times and connected to ${connected} times since`;
  if (!worst) return passIf(true, `${summary}, never later than ${formatDuration(limit)} after the fault`);
  const { host, element, last, faultId } = worst;
  const who = `${host} (${element}) by ${formatDuration(last)} after fault ${faultId}`;
  return passIf(
    false,
    `${late.length} selected later than ${formatDuration(limit)} after their fault, ${who}; ${summary}`,
  );
};

/** A registrar asks an element, waits for its answer, and removes it; messages need a moment. */
function timeToNotice(plan: Plan): number {
  const rounds = hostsWith(plan, 'registrar').map(
    ({ role }) => role.endpointKeepAliveInterval + role.endpointKeepAliveTimeout,
  );
  return Math.max(...rounds) + 0.5;
}
