/** What a run counts; seconds are seconds of audio. */
export const numberNames = [
  /** Titles heard to their end. */
  'requests',
  /** Sessions that went on elsewhere, from a state or from the beginning. */
  'failovers',
  'full_cookies',
  'partial_cookies',
  /** Of the cookies as they are, without any header. */
  'cookie_bytes',
  'echoes',
  'echo_bytes',
  /** Cookies and echoes with their headers. */
  'state_bytes_on_wire',
  'media_bytes_on_wire',
  /** Everything that elements sent. */
  'sent_s',
  'heard_twice_s',
  'missed_s',
  /** From the failure of an element until another one goes on. */
  'silent_s',
  /** Echoes that elements did not believe: the title began again. */
  'refused',
  /** Echoes that somebody had changed or exchanged. */
  'damaged',
] as const;
export type Numbers = Record<(typeof numberNames)[number], number>;

export const noNumbers = (): Numbers => Object.fromEntries(numberNames.map((name) => [name, 0])) as Numbers;
