/** How many frames a second the capture can take: known numbers of them, at rising rates. */
import type { CalibrationLine } from '../result/calibration.js';
import { shareLine } from './line.js';
import { type Form, onTheWire } from './network.js';
import type { Train, TrainShape } from './probe.js';

export interface CaptureTrial {
  readonly key: string;
  readonly title: string;
  readonly shape: TrainShape;
  readonly seconds: number;
  /** @param frames when each frame of any train was captured, in order */
  lines(train: Train, frames: readonly number[]): CalibrationLine[];
}

/** The last two as fast as the lab can: large packets are many frames for the price of one. */
export const captureTrialsOf = (form: Form): CaptureTrial[] => {
  const scale = form === 'full' ? 2 : 1;
  return [
    captureTrial('paced', { packets: 1000 * scale, every: 0.002 }),
    captureTrial('dense', { packets: 2000 * scale, every: null }),
    captureTrial('flood', { packets: 4000 * scale, every: null, ahead: 50 }),
    captureTrial('fragments', { packets: 60 * scale, every: null, bytes: 65_000 }),
  ];
};

/** Percent; a run with a single lost frame is unknown, so this is about what is never counted as lost. */
const tolerance = 0.25;

function captureTrial(name: string, shape: TrainShape): CaptureTrial {
  const each = onTheWire(shape.bytes ?? 56).frames;
  return {
    key: `capture-${name}`,
    title: `capture, ${name}`,
    shape,
    seconds: shape.packets * (shape.every === null ? (shape.bytes ? 0.003 : 6e-4) : 0.003) + 0.6,
    lines(train, frames) {
      const expected = (train.transmitted + train.received) * each;
      const seen = frames.filter((time) => time >= train.from && time <= train.to);
      const span = (seen.at(-1) ?? 0) - (seen[0] ?? 0);
      const rate = span > 0 ? Math.round(expected / span) : 0;
      const what = `frames missed by the capture at ${rate.toLocaleString('en-US')} frames/s`;
      const missed = Math.max(0, expected - seen.length);
      return [shareLine({ key: `capture-${name}`, what, asked: 0, tolerance }, missed, expected)];
    },
  };
}
