import { type LiveServer, serveLive } from '../../reports/live/server.js';
import { renderRunReport } from '../../reports/run/report.js';
import type { Plan } from '../experiment/plan.js';
import type { JournalEvent } from '../result/journal.js';
import { speedSoFar } from '../run/so-far.js';

/** A run's live page: what the run tells goes in, the person looks at the address. */
export interface Live {
  begin(folder: string): void;
  event(event: JournalEvent): void;
  /** @param folder the run's, whose report open pages turn into; null where there is none */
  end(folder: string | null): Promise<void>;
}

const speedPeriodMs = 2000;

/** Starts the page and says where it is, on the standard error output. */
export async function startLive(plan: Plan): Promise<Live> {
  const server: LiveServer = await serveLive(plan);
  process.stderr.write(`live on this machine: ${server.url}\n`);
  let timer: NodeJS.Timeout | undefined;
  return {
    begin(folder) {
      timer = setInterval(async () => {
        const speed = await speedSoFar(plan, folder).catch(() => undefined);
        if (speed) server.tell({ kind: 'speed', ...speed });
      }, speedPeriodMs);
    },
    event: (event) => server.tell({ kind: 'event', event }),
    async end(folder) {
      clearInterval(timer);
      if (folder === null) await server.close();
      else await server.finish(renderRunReport(folder));
    },
  };
}
