import type { z } from 'zod';
import { badInput } from './errors.js';

/**
 * Reads input against a schema and returns it with its defaults filled in.
 * @throws HarnessError `bad-input`, one sentence: where, what was expected, what was got
 */
export function check<S extends z.ZodType>(where: string, schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw badInput(`${[where, ...issue.path.map(String)].join('.')}: ${sentence(issue)}`);
}

function sentence(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `unknown option ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
  if (issue.code === 'custom') return issue.message;
  return `expected ${expectation(issue)}, got ${show(inputOf(issue))}`;
}

/** Of an unknown alternative, the value that names it instead of the whole. */
function inputOf(issue: z.core.$ZodIssue): unknown {
  if (issue.code !== 'invalid_union' || issue.discriminator === undefined) return issue.input;
  return (issue.input as Record<string, unknown>)[issue.discriminator];
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      return `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_union':
      // Without alternatives, none of the values that tell them apart was given.
      if ('options' in issue && issue.options) return `one of ${issue.options.map(String).join(', ')}`;
      return [...new Set(issue.errors.map(([first]) => expectation(first!)))].join(' or ');
    case 'invalid_type':
      return issue.expected;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message;
  }
}

const unitOf = (origin: string): string => ({ string: ' character', array: ' entry' })[origin] ?? '';

/**
 * An experiment is asked and answers at once.
 * @throws HarnessError `bad-input` for the promise that an `async` function gives instead
 */
export function settled<T>(where: string, answer: T): T {
  if (!(answer instanceof Promise)) return answer;
  // What it comes to is nobody's business any more.
  answer.catch(() => {});
  throw badInput(`${where}: expected a plain answer, got a promise; leave 'async' out`);
}

/** A value as a person would type it, cut to a readable length. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
