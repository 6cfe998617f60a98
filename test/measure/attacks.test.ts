import { describe, expect, it } from 'vitest';
import floods from '../../experiments/attack-registrations.js';
import { resolvePlan } from '../../harness/experiment/plan.js';
import { parseAttackRows, registrarWords, summariseAttacks } from '../../harness/measure/attacks.js';

const counts = { accepted: 0, rejected: 0, questions: 2, keepAlives: 0, associations: 1, aborted: 0, unsent: 0 };

describe('what attackers counted', () => {
  it('is told in seconds since the run began; a torn last line is left out', () => {
    const line = JSON.stringify({ at: 1005, sent: 10, ...counts });
    expect(parseAttackRows(`${line}\n${line.slice(0, 20)}`, 'at1', 1000)).toEqual([
      { attacker: 'at1', at: 5, sent: 10, ...counts },
    ]);
  });
});

describe('what registrars say', () => {
  // As rspregistrar 3.4.4 prints it.
  const reports = (identifier: string, end: string) =>
    `23-Nov-2026 23:39:19.0494: Warning: 1 unreachability reports for pool element $${identifier} flags=[new][updated]
     c=(S3,A44) chsum=$0000f9fb home=$873851af life=300000ms ur=1 upd=1795477155703144
     regT:  {10.1.0.8, 10.2.0.8} 4711/SCTP of pool CalcAppPool${end}\n`;
  const limit = ' -> limit reached, removing it';

  it('elements and pretenders that were removed are counted apart', () => {
    const log = reports('01000401', '') + reports('01000401', limit) + reports('a0002710', limit);
    expect(registrarWords(log)).toMatchObject({ elementsRemoved: 1, fakesRemoved: 1 });
  });

  it('what was refused for its rate is counted', () => {
    const log =
      '23-Nov-2026 23:31:31.3: Refusing EndpointUnreachable for pool element $01000401 of pool CalcAppPool from assoc 18\n' +
      '23-Nov-2026 23:31:31.4: Refusing handle resolution for assoc 18\n'.repeat(2);
    expect(registrarWords(log)).toMatchObject({ reportsRefused: 1, resolutionsRefused: 2, elementsRemoved: 0 });
  });
});

it('a summary adds up what each attacker did, and keeps what became of it', () => {
  const row = { attacker: 'at1', at: 5, sent: 3, ...counts, accepted: 2, rejected: 1 };
  const registrars = { elementsRemoved: 1, fakesRemoved: 2, reportsRefused: 3, resolutionsRefused: 4 };
  const rows = [row, { ...row, at: 6, unsent: 5 }, { ...row, attacker: 'at2' }];
  expect(summariseAttacks(resolvePlan(floods), { rows, registrars }, 7)).toEqual({
    attackers: [
      {
        ...{ host: 'at1', attack: 'registrationFlood', pool: 'CalcAppPool', rate: 1 },
        ...{ sent: 6, unsent: 5, accepted: 4, rejected: 2, questions: 4, aborted: 0 },
      },
    ],
    ...registrars,
    failoversWithoutFault: 7,
  });
});
