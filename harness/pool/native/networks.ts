/** Whether an IPv4 address belongs to a network, e.g. `10.1.0.0/24`. */
export function contains(cidr: string, address: string): boolean {
  const [network, length] = cidr.split('/');
  const size = 2 ** (32 - Number(length));
  return Math.floor(numberOf(network!) / size) === Math.floor(numberOf(address) / size);
}

const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
