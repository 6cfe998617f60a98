/** Was there enough computing time for the lab? What is late for want of it says nothing about the subject. */
import { tolerableLoad } from '../calibrate/load.js';
import type { CpuLoad } from '../lab/cpu.js';
import { LoadWatch } from '../lab/load-watch.js';
import type { JournalEvent } from '../result/journal.js';
import type { Summary } from '../result/summary.js';
import type { SubjectContext } from './subject.js';

type Shares = NonNullable<Summary['load']>;

export interface RunLoad {
  /** @param kernel process of a lab kernel; null for a lab on the machine's own kernel */
  begin(kernel: number | null): void;
  /** Takes the run's events, and passes them on. */
  onEvent(event: JournalEvent): void;
  /** Ends the watch and says why the run says nothing, if so. */
  end(): { readonly shares: Shares | null; readonly reasons: string[] };
}

/** Watches the load while a run measures and drains. */
export function watchLoad({ clock, onEvent }: SubjectContext): RunLoad {
  const watch = new LoadWatch<'measure'>(clock);
  return {
    begin: (kernel) => watch.begin(kernel),
    onEvent(event) {
      if (event.event === 'phase' && event.phase === 'measure') watch.enter('measure');
      if (event.event === 'phase' && event.phase === 'collect') watch.enter(null);
      onEvent(event);
    },
    end() {
      watch.end();
      const shares = sharesOf(watch.samples);
      return { shares, reasons: shares ? overload(shares) : [] };
    },
  };
}

/** @returns percent of the samples' time; null without samples */
export function sharesOf(samples: readonly CpuLoad[]): Shares | null {
  const seconds = samples.reduce((sum, sample) => sum + sample.seconds, 0);
  if (seconds === 0) return null;
  const percent = (of: (sample: CpuLoad) => number) =>
    Math.round((1e4 * samples.reduce((sum, sample) => sum + sample.seconds * of(sample), 0)) / seconds) / 100;
  return {
    seconds: Math.round(seconds * 10) / 10,
    busy: percent(({ busy }) => busy),
    waited: samples[0]!.waited === null ? null : percent(({ waited }) => waited ?? 0),
    stolen: percent(({ stolen }) => stolen),
  };
}

/** @returns a sentence for each way in which computing time was short */
export function overload({ busy, waited, stolen }: Shares): string[] {
  const over = (share: number, limit: number, what: string) =>
    share > limit ? [`the lab was overloaded: ${what} ${share.toFixed(1)} % of the time (tolerable: ${limit} %)`] : [];
  return [
    ...over(stolen ?? 0, tolerableLoad.stolen, "the machine's hypervisor withheld its CPUs (steal)"),
    ...over(waited ?? 0, tolerableLoad.waited, 'the lab kernel waited for a CPU that others used'),
    ...over(busy, tolerableLoad.busy, waited === null ? 'all CPUs were busy' : "the lab kernel's CPU was busy"),
  ];
}
