/**
 * The hosts' roles, where a host that says the same as the one before shares its object. A plan gives every host a role
 * of its own, and ten thousand equal ones that are visited one by one would not stay in near memory.
 */
export function rolesOf<R extends object>(hosts: readonly { readonly role: R }[]): R[] {
  let last: R | undefined;
  return hosts.map(({ role }) => {
    if (last === undefined || !isSame(role, last)) last = role;
    return last;
  });
}

function isSame(one: unknown, other: unknown): boolean {
  if (!isObject(one) || !isObject(other)) return one === other;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => isSame(one[name], other[name]));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
