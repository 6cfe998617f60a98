/** Draws what the experiment ran on: hosts, networks with what they do to packets, and which faults hit whom. */
import { formatDuration } from '../../harness/base/units.js';
import type { Plan, PlannedHost } from '../../harness/experiment/plan.js';
import { html } from '../page/escape.js';
import type { Size } from '../page/figure.js';
import type { FaultMark } from './segments.js';

interface Box {
  readonly label: string;
  readonly detail: string;
  readonly kind: PlannedHost['role']['kind'];
  readonly networks: readonly string[];
  /** Several hosts drawn as one. */
  readonly many: boolean;
  readonly faults: readonly string[];
}

interface PlacedBox extends Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

const boxHeight = 46;
const gap = 10;
/** Of a host's box. */
const narrowest = 72;
const barHeight = 26;
const legGap = 30;

export function topologySvg(plan: Plan, faults: readonly FaultMark[], { width }: Size): string {
  const networks = Object.keys(plan.topology.networks);
  const above = place(boxesOf(plan, faults, ['registrar', 'poolElement'], width), 4, width);
  const top = bottomOf(above) + legGap;
  const bars = networks.map((name, index) => ({ name, index, y: top + index * (barHeight + 12) }));
  const barsEnd = top + networks.length * (barHeight + 12) - 12;
  const below = place(boxesOf(plan, faults, ['poolUser', 'attacker'], width), barsEnd + legGap, width);
  const height = bottomOf(below) + 6;
  return [
    `<svg viewBox="0 0 ${width} ${height}" font-size="13" fill="currentColor">`,
    ...[...above, ...below].map((box) => legs(box, bars, box.y < top)),
    ...bars.map((bar) => networkBar(plan, bar, width)),
    ...[...above, ...below].map(boxMarkup),
    '</svg>',
  ].join('');
}

/** What a network does to a packet, in words. */
export function impairmentText({ impairment }: Plan['topology']['networks'][string]): string {
  const { delay, jitter, lossPercent, duplicatePercent, corruptPercent, reorderPercent, rateMbit } = impairment;
  const parts = [
    delay ? `${formatDuration(delay)} delay${jitter ? ` ± ${formatDuration(jitter)}` : ''}` : 'no delay',
    lossPercent ? `${lossPercent} % lost` : '',
    duplicatePercent ? `${duplicatePercent} % twice` : '',
    corruptPercent ? `${corruptPercent} % corrupt` : '',
    reorderPercent ? `${reorderPercent} % overtaking` : '',
    rateMbit ? `${rateMbit} Mbit/s` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

const names = {
  ...{ registrar: 'registrars', poolElement: 'pool elements', poolUser: 'pool users' },
  attacker: 'attackers',
} as const;

/** Each host on its own where all have room beside each other, else all of a kind as one. */
function boxesOf(plan: Plan, faults: readonly FaultMark[], kinds: readonly Box['kind'][], width: number): Box[] {
  const groups = kinds
    .map((kind) => ({ kind, hosts: plan.hosts.filter(({ role }) => role.kind === kind) }))
    .filter(({ hosts }) => hosts.length > 0);
  const faultsOf = (hit: readonly PlannedHost[]) =>
    countKinds(faults.filter(({ host }) => hit.some(({ name }) => name === host)));
  const one = (kind: Box['kind'], host: PlannedHost): Box => ({
    label: host.name,
    detail: detailOf(host),
    kind,
    networks: host.legs.map(({ network }) => network),
    many: false,
    faults: faultsOf([host]),
  });
  const fits = groups.reduce((sum, { hosts }) => sum + hosts.length, 0) * (narrowest + gap) <= width + gap;
  return groups.flatMap(({ kind, hosts }) => {
    if (fits || hosts.length === 1) return hosts.map((host) => one(kind, host));
    return [
      {
        label: `${hosts.length} ${names[kind]}`,
        detail: `${hosts[0]!.name} to ${hosts.at(-1)!.name}`,
        kind,
        networks: [...new Set(hosts.flatMap(({ legs }) => legs.map(({ network }) => network)))],
        many: true,
        faults: faultsOf(hosts),
      },
    ];
  });
}

function detailOf({ role }: PlannedHost): string {
  if (role.kind === 'poolElement') return role.policy.name;
  if (role.kind === 'attacker') return 'attacker';
  return role.kind === 'registrar' ? 'registrar' : 'pool user';
}

function countKinds(faults: readonly FaultMark[]): string[] {
  const counts = new Map<string, number>();
  for (const { kind, network } of faults) {
    const name = network ? `${kind} (${network})` : kind;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => (count === 1 ? kind : `${count}× ${kind}`));
}

function place(boxes: readonly Box[], top: number, width: number): PlacedBox[] {
  const widest = boxes.some(({ many }) => many) ? 150 : 96;
  const boxWidth = Math.min(widest, (width - (boxes.length - 1) * gap) / boxes.length);
  const left = (width - boxes.length * boxWidth - (boxes.length - 1) * gap) / 2;
  return boxes.map((box, index) => ({ ...box, width: boxWidth, x: left + index * (boxWidth + gap), y: top }));
}

const heightOf = ({ faults }: Box): number => boxHeight + (faults.length > 0 ? 20 : 0);

const bottomOf = (boxes: readonly PlacedBox[]): number => Math.max(0, ...boxes.map((box) => box.y + heightOf(box)));

interface Bar {
  readonly name: string;
  readonly index: number;
  readonly y: number;
}

function legs(box: PlacedBox, bars: readonly Bar[], above: boolean): string {
  const own = bars.filter(({ name }) => box.networks.includes(name));
  return own
    .map(({ index, y }, leg) => {
      const x = box.x + (box.width * (leg + 1)) / (own.length + 1);
      const [from, to] = above ? [box.y + heightOf(box), y] : [box.y, y + barHeight];
      return `<line x1="${x}" x2="${x}" y1="${from}" y2="${to}" stroke="var(--network-${index % 4})" stroke-width="2"/><circle cx="${x}" cy="${to}" r="3.5" fill="var(--network-${index % 4})"/>`;
    })
    .join('');
}

function networkBar(plan: Plan, { name, index, y }: Bar, width: number): string {
  const network = plan.topology.networks[name]!;
  const words = `${name} · ${impairmentText(network)} each way`;
  const text = width < 500 ? words : `${words} · ${network.cidr}`;
  const ink = `var(--network-${index % 4})`;
  return html`<rect x="2" y="${y}" width="${width - 4}" height="${barHeight}" rx="5" fill="var(--surface)"/><rect x="2" y="${y}" width="${width - 4}" height="${barHeight}" rx="5" fill="${ink}" fill-opacity="0.13" stroke="${ink}" stroke-width="1.5"/><text x="${width / 2}" y="${y + 17.5}" text-anchor="middle">${text}</text>`
    .text;
}

function boxMarkup({ x, y, width, label, detail, many, faults, kind }: PlacedBox): string {
  const middle = x + width / 2;
  const ink = kind === 'poolUser' ? 'var(--series-2)' : kind === 'registrar' ? 'var(--series-3)' : 'var(--series-0)';
  const height = boxHeight + (faults.length > 0 ? 20 : 0);
  const shadow = many
    ? `<rect x="${x + 5}" y="${y - 4}" width="${width}" height="${height}" rx="6" fill="var(--raised)" stroke="${ink}"/>`
    : '';
  const body = html`<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="var(--surface)" stroke="${ink}" stroke-width="1.5"/><text x="${middle}" y="${y + 20}" text-anchor="middle" font-weight="600">${cut(label, width)}</text><text x="${middle}" y="${y + 37}" text-anchor="middle" fill="var(--muted)" font-size="11.5">${cut(detail, width * 1.1)}</text>`;
  const hit =
    faults.length === 0
      ? ''
      : html`<rect x="${x}" y="${y + boxHeight}" width="${width}" height="20" rx="5" fill="var(--state-stalled)" data-tip="${faults.join(', ')}"/><text x="${middle}" y="${y + boxHeight + 14}" text-anchor="middle" fill="var(--surface)" font-size="11.5" font-weight="600" pointer-events="none">${cut(faults.length === 1 ? faults[0]! : `${faults.length} kinds of faults`, width * 1.02)}</text>`;
  return `${shadow}${body}${hit}`;
}

/** As much of a text as there is room for. */
function cut(text: string, width: number): string {
  const most = Math.floor(width / 7.4);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
