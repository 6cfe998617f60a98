/**
 * How curves differ: policies by colour (of Okabe and Ito's set, which people with any colour vision can tell apart),
 * by dashes and by the kind of symbol; a policy's curves by the symbol's shape. So every curve can be told without
 * colour, too.
 */
import type { DotOptions } from '@observablehq/plot';
import type { Series } from './figure.js';

export interface CurveStyle {
  readonly colour: string;
  readonly dash: string;
  readonly symbol: NonNullable<DotOptions['symbol']> & string;
  readonly fill: string;
}

const ink = { blue: '#0072B2', vermilion: '#D55E00', green: '#007A5A', purple: '#9B4F80', black: '#222222' } as const;
const shapes = ['circle', 'square', 'triangle', 'diamond', 'star'] as const;
const strokes = ['times', 'plus', 'asterisk'] as const;

const byPolicy: Readonly<Record<string, (index: number) => CurveStyle>> = {
  LeastUsed: (index) => ({ colour: ink.blue, dash: '', symbol: shapeOf(index), fill: ink.blue }),
  RoundRobin: (index) => ({ colour: ink.vermilion, dash: '7 3', symbol: shapeOf(index), fill: 'white' }),
  Random: (index) => ({ colour: ink.green, dash: '2 3', symbol: strokes[index % strokes.length]!, fill: 'none' }),
};

/** Curves of a formula, which know no policy. */
const formulaInks = [ink.blue, ink.vermilion, ink.green, ink.purple, ink.black];
const formulaDashes = ['', '8 3', '2 3', '8 3 2 3', '4 2'];

export function styleOf({ policy, index }: Pick<Series, 'policy' | 'index'>): CurveStyle {
  const style = policy === null ? undefined : byPolicy[policy];
  if (style) return style(index);
  return {
    colour: formulaInks[index % formulaInks.length]!,
    dash: formulaDashes[index % formulaDashes.length]!,
    symbol: shapeOf(index),
    fill: index % 2 === 0 ? formulaInks[index % formulaInks.length]! : 'white',
  };
}

const shapeOf = (index: number): CurveStyle['symbol'] => shapes[index % shapes.length]!;
