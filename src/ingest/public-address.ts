import ipaddr from 'ipaddr.js';

/** Public addresses by number, and yet inside of a cloud: Azure's platform host (168.63.129.16 answers every virtual machine alone). */
const insideOfClouds = ['168.63.129.16'];

/**
 * True where an address, of either family, is on the public internet, or in one of `allowed` (networks such as `10.1.0.0/16`). Everything that
 * IANA has set apart is not: private, loopback, link-local (metadata services among them), carrier-grade NAT, multicast, and what carries an
 * IPv4 address inside (mapped, NAT64, 6to4, Teredo), for that could be any of these. Pure.
 */
export function isPublicAddress(address: string, allowed: readonly string[] = []): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (allowed.some((network) => isIn(parsed, network))) return true;
  return parsed.range() === 'unicast' && !insideOfClouds.includes(parsed.toString());
}

/** The networks of a setting, comma separated; null where one of them is none. Pure. */
export function parseNetworks(text: string | undefined): string[] | null {
  const networks = (text ?? '').split(',').map((network) => network.trim());
  const named = networks.filter((network) => network !== '');
  return named.every((network) => ipaddr.isValidCIDR(network)) ? named : null;
}

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, network: string): boolean {
  const [range, bits] = ipaddr.parseCIDR(network);
  return address.kind() === range.kind() && address.match(range, bits);
}
