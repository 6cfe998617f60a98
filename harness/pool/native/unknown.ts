/** What to do about parameters that are not known: their upper two bits say it (RFC 5354, section 3). */
import type { Parameter } from './parameter.js';

type Unknown = Extract<Parameter, { kind: 'other' }>;

export interface Unknowns {
  /** The message as far as it is to be processed; null when it is to be dropped. */
  readonly parameters: readonly Parameter[] | null;
  /** Those that the sender wants to be told of, in an error of cause `unrecognizedParameter`. */
  readonly reported: readonly Unknown[];
}

const [goOnBit, reportBit] = [0x8000, 0x4000];

/** @param parameters of a message: those within others are judged with them */
export function judgeUnknown(parameters: readonly Parameter[]): Unknowns {
  const reported: Unknown[] = [];
  const kept: Parameter[] = [];
  for (const parameter of parameters) {
    if (parameter.kind === 'other') {
      if ((parameter.number & reportBit) !== 0) reported.push(parameter);
      // What stands behind it is not looked at any more.
      if ((parameter.number & goOnBit) === 0) return { parameters: null, reported };
    } else if ('parameters' in parameter) {
      const within = judgeUnknown(parameter.parameters);
      reported.push(...within.reported);
      if (!within.parameters) return { parameters: null, reported };
      kept.push(
        within.parameters.length === parameter.parameters.length
          ? parameter
          : { ...parameter, parameters: within.parameters },
      );
    } else kept.push(parameter);
  }
  return { parameters: kept, reported };
}
