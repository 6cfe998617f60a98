import { type Judge, type Judgement, passIf, unknown } from './verdict.js';

export const handlingSpeed: Judge<'handlingSpeed'> = ({ percentAtLeast }, { numbers }) =>
  judgePercentage(numbers.handlingSpeed.percentOfCapacity, (it) => it >= percentAtLeast, `at least ${percentAtLeast}`);

export const utilisation: Judge<'utilisation'> = ({ percentAtMost }, { numbers }) =>
  judgePercentage(numbers.utilisation.percent, (it) => it <= percentAtMost, `at most ${percentAtMost}`);

function judgePercentage(value: number | null, holds: (value: number) => boolean, limit: string): Judgement {
  if (value === null) return unknown('there is no such number');
  return passIf(holds(value), `${value.toFixed(1)} %, expected ${limit} %`);
}
