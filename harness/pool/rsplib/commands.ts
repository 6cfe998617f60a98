/**
 * RSPLIB 3.4.4's command lines from roles (`man rspregistrar`, `man rspserver`, `man calcappclient`). Its units: whole
 * milliseconds for keep-alives, seconds for job intervals and run times, calculations for work.
 */
import { toMilliseconds } from '../../base/units.js';
import type { HostWith, Plan, PlannedHost } from '../../experiment/plan.js';
import { hostsWith } from '../../experiment/plan.js';
import type { Policy } from '../../experiment/policy.js';
import { sharedLegs } from '../../experiment/reach.js';
import type { PoolElement, PoolUser, Registrar } from '../../experiment/role.js';
import { fileOf } from '../files.js';

const asapPort = 3863;
const enrpPort = 9901;

/** Log level 4 tells of registrations, without a line per message. */
const logging = ['-logcolor=off', '-loglevel=4'];

/**
 * Where a component is told to find its registrars: an address of each on a network that they share, for RSPLIB takes
 * one of each and learns the others by SCTP.
 */
const registrarsOf = (plan: Plan, host: PlannedHost): string[] =>
  hostsWith(plan, 'registrar').map((registrar) => `-registrar=${addressFor(host, registrar)}:${asapPort}`);

/** @see checkReach which saw to it that there is one */
const addressFor = (host: PlannedHost, registrar: HostWith<Registrar>): string =>
  sharedLegs(host, registrar)[0]!.address;

/** `10.1.0.1:3863,10.2.0.1`: all addresses of an endpoint, the port after the first. */
const endpoint = (addresses: readonly string[], port: number): string =>
  [`${addresses[0]}:${port}`, ...addresses.slice(1)].join(',');

export function registrarCommand(plan: Plan, host: HostWith<Registrar>, identifier: number, life: number): string[] {
  const { role, name } = host;
  const addresses = host.legs.map(({ address }) => address);
  const peers = hostsWith(plan, 'registrar').filter((peer) => peer.name !== name);
  return [
    'rspregistrar',
    '-disable-ipv6',
    `-asap=${endpoint(addresses, asapPort)}`,
    `-enrp=${endpoint(addresses, enrpPort)}`,
    `-identifier=0x${identifier.toString(16)}`,
    ...peers.map((peer) => `-peer=${addressFor(host, peer)}:${enrpPort}`),
    `-endpointkeepalivetransmissioninterval=${toMilliseconds(role.endpointKeepAliveInterval)}`,
    `-endpointkeepalivetimeoutinterval=${toMilliseconds(role.endpointKeepAliveTimeout)}`,
    `-maxbadpereports=${role.maxBadPeReports ?? neverReports}`,
    `-maxhrrate=${role.maxHandleResolutionRate ?? unlimited}`,
    `-maxeurate=${role.maxEndpointUnreachableRate ?? unlimited}`,
    `-peerheartbeatcycle=${toMilliseconds(role.peerHeartbeatCycle)}`,
    `-peermaxtimelastheard=${toMilliseconds(role.peerMaxTimeLastHeard)}`,
    `-peermaxtimenoresponse=${toMilliseconds(role.peerMaxTimeNoResponse)}`,
    `-takeoverexpiryinterval=${toMilliseconds(role.takeoverExpiryInterval)}`,
    `-mentordiscoverytimeout=${toMilliseconds(role.mentorDiscoveryTimeout)}`,
    // How many elements it knows and owns, again and again: what it holds itself, whatever the wire says.
    `-statsfile=${fileOf(name, life, 'stats')}`,
    `-statsinterval=${statisticsMilliseconds}`,
    ...logging,
  ];
}

const statisticsMilliseconds = 500;

// RSPLIB knows no infinity; no run comes near this many reports.
const neverReports = 1_000_000_000;
/** RSPLIB's own default for both rates. */
const unlimited = -1;

export function elementCommand(
  plan: Plan,
  host: HostWith<PoolElement>,
  addresses: readonly string[],
  identifier: number,
  life: number,
): string[] {
  const { name, role } = host;
  return [
    'rspserver',
    '-calcapp',
    '-disable-ipv6',
    `-local=${endpoint(addresses, 0)}`,
    `-identifier=0x${identifier.toString(16)}`,
    ...registrarsOf(plan, host),
    // It knows its registrars. Hearing of one on two networks it would connect to both its addresses at once.
    '-asapannounce=off',
    `-poolhandle=${role.pool}`,
    `-policy=${policyArgument(role.policy)}`,
    // Renewed when two thirds of its life are over, as RSPLIB does by itself (90 s and 30 s).
    `-rereginterval=${Math.round(toMilliseconds(role.registrationLife) / 3)}`,
    `-capcapacity=${role.capacity}`,
    `-capmaxjobs=${role.maxRequests}`,
    `-capcookiemaxcalculations=${role.cookieInterval ?? noCookies}`,
    `-capcookiemaxtime=${role.cookieTime ?? neverSeconds}`,
    // The injector decides between clean and unclean: with 0 here RSPLIB would still deregister.
    '-capcleanshutdownprobability=1',
    `-capkeepalivetransmissioninterval=${toMilliseconds(role.sessionKeepAliveInterval)}`,
    `-capkeepalivetimeoutinterval=${toMilliseconds(role.sessionKeepAliveTimeout)}`,
    `-capobject=${name}`,
    `-capvector=${fileOf(name, life, 'vec')}`,
    `-capscalar=${fileOf(name, life, 'sca')}`,
    ...logging,
  ];
}

const noCookies = 1e15;
const neverSeconds = 1_000_000;

export function userCommand(plan: Plan, host: HostWith<PoolUser>, runSeconds: number, life: number): string[] {
  const { name, role } = host;
  return [
    'calcappclient',
    ...registrarsOf(plan, host),
    `-poolhandle=${role.pool}`,
    `-jobinterval=${role.requestInterval.mean}`,
    `-jobsize=${role.requestSize.mean}`,
    `-keepalivetransmissioninterval=${toMilliseconds(role.sessionKeepAliveInterval)}`,
    `-keepalivetimeoutinterval=${toMilliseconds(role.sessionKeepAliveTimeout)}`,
    // A load that ends by itself, should nobody be left to end it.
    `-runtime=${Math.ceil(runSeconds)}`,
    `-object=${name}`,
    `-vector=${fileOf(name, life, 'vec')}`,
    `-scalar=${fileOf(name, life, 'sca')}`,
    ...logging,
  ];
}

/** RSPLIB's spelling of a pool policy, e.g. `WeightedRoundRobin:3`, `LeastUsedDegradation:0.1`. */
export function policyArgument({ name, ...parameters }: Policy): string {
  return [name, ...Object.values(parameters)].join(':');
}
