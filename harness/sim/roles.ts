/**
 * The hosts' roles, where a host that says the same as the one before shares its object: its kind. A plan gives every
 * host a role of its own, and ten thousand equal ones that are visited one by one would not stay in near memory. Where
 * all say the same, not even what kind a host is of has to be fetched.
 */
export class Roles<R extends object> {
  /** Those that differ, and which of them each host has. */
  readonly #distinct: R[] = [];
  readonly #which: Uint32Array;
  readonly #areAlike: boolean;

  constructor(hosts: readonly { readonly role: R }[]) {
    this.#which = Uint32Array.from(hosts, ({ role }) => {
      const last = this.#distinct.at(-1);
      return (last !== undefined && isSame(role, last) ? this.#distinct.length : this.#distinct.push(role)) - 1;
    });
    this.#areAlike = this.#distinct.length === 1;
  }

  get count(): number {
    return this.#which.length;
  }

  of(host: number): R {
    return this.#distinct[this.kindOf(host)]!;
  }

  /** Which of the roles that differ the host has. */
  kindOf(host: number): number {
    return this.#areAlike ? 0 : this.#which[host]!;
  }

  /** A number of each kind. */
  ofKinds(value: (role: R) => number): Float64Array {
    return Float64Array.from(this.#distinct, value);
  }

  /** A value of each host's role. */
  map<T>(value: (role: R) => T): T[] {
    return Array.from(this.#which, (which) => value(this.#distinct[which]!));
  }
}

type Fields = Readonly<Record<string, unknown>>;

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (!isObject(one) || !isObject(other)) return false;
  for (const name in one) if (!isSame(one[name], other[name])) return false;
  for (const name in other) if (!(name in one)) return false;
  return true;
}

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
