/** What the capture tells beside requests and failovers. */
import { formatDuration } from '../../harness/base/units.js';
import type { KeepAlives, WireStatistics } from '../../harness/measure/statistics.js';
import { type Content, html } from '../page/escape.js';
import { tableMarkup } from '../page/table.js';
import type { RunFiles } from './read.js';

/** Null where there is no capture, or one of another time. */
export function wireSection({ wire, plan }: RunFiles): Content {
  if (!wire?.keepAlives || !wire.messages) return null;
  return [
    html`<p>${wire.packets.toLocaleString('en-US')} packets, ${(wire.bytes / 1e6).toFixed(2)} MB. ${wire.cookies.sent} state cookies (${wire.cookies.bytes.toLocaleString('en-US')} bytes), ${wire.cookies.echoed} of them echoed to another element; ${wire.associations.established} of ${wire.associations.begun} associations came up, ${wire.associations.aborted} were aborted.</p>`,
    keepAliveTable(wire, plan.experiment),
    deadTable(wire, plan.experiment),
    html`<details><summary>Messages by type</summary>${tableMarkup({
      id: 'messages',
      file: `${plan.experiment}-messages`,
      caption: 'Messages by protocol and type; retransmissions not counted',
      rows: Object.entries(wire.messages).sort(([, a], [, b]) => b - a),
      columns: [
        { key: 'message', label: 'message', unit: 'text', value: ([name]) => name },
        { key: 'count', label: 'count', unit: 'count', value: ([, count]) => count },
      ],
    })}</details>`,
  ];
}

function keepAliveTable({ keepAlives }: WireStatistics, experiment: string): Content {
  const rows: [string, KeepAlives][] = [
    ['session: user asks element', keepAlives.session],
    ['session: element asks user', keepAlives.reverseSession],
    ['endpoint: registrar asks element', keepAlives.endpoint],
  ];
  return tableMarkup({
    id: 'keep-alives',
    file: `${experiment}-keep-alives`,
    caption: 'Keep-alives and their round trips',
    rows,
    columns: [
      { key: 'kind', label: 'keep-alive', unit: 'text', value: ([name]) => name },
      { key: 'sent', label: 'sent', unit: 'count', value: ([, it]) => it.sent },
      { key: 'answered', label: 'answered', unit: 'count', value: ([, it]) => it.answered },
      { key: 'round_trip_mean_s', label: 'round trip, mean', unit: 'span', value: ([, it]) => it.roundTrip.mean },
      { key: 'round_trip_p95_s', label: 'p95', unit: 'span', value: ([, it]) => it.roundTrip.p95 },
      { key: 'round_trip_max_s', label: 'max', unit: 'span', value: ([, it]) => it.roundTrip.max },
    ],
  });
}

function deadTable({ deadSelectable = [] }: WireStatistics, experiment: string): Content {
  if (deadSelectable.length === 0) return null;
  return tableMarkup({
    id: 'dead-selectable',
    file: `${experiment}-dead-selectable`,
    caption: 'How long users could still be sent to an element that was gone',
    rows: deadSelectable,
    columns: [
      { key: 'host', label: 'element', unit: 'text', value: ({ host }) => host },
      { key: 'fault_at_s', label: 'fault at', unit: 'time', value: ({ faultAt }) => faultAt },
      { key: 'offered', label: 'offered after it', unit: 'count', value: ({ offered }) => offered },
      {
        ...{
          key: 'selectable_s',
          label: 'removed after',
          unit: 'span' as const,
          value: ({ seconds }: (typeof deadSelectable)[number]) => seconds,
        },
        show: ({ seconds }) => (seconds === null ? 'not seen' : formatDuration(seconds)),
      },
    ],
  });
}
