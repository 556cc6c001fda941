import ipaddr from 'ipaddr.js';

/** Public addresses by number, and yet inside of a cloud: Azure's platform host (168.63.129.16 answers every virtual machine alone). */
const insideOfClouds = ['168.63.129.16'];

/**
 * True where an address, of either family, is on the public internet, or in one of `allowed` (networks such as `10.1.0.0/16`, or addresses). Everything that
 * IANA has set apart is not: private, loopback, link-local (metadata services among them), carrier-grade NAT, multicast, and what carries an
 * IPv4 address inside (mapped, NAT64, 6to4, Teredo), for that could be any of these. Pure.
 */
export function isPublicAddress(address: string, allowed: readonly string[] = []): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (allowed.some((network) => isIn(parsed, network))) return true;
  return parsed.range() === 'unicast' && isHandedOut(parsed) && !insideOfClouds.includes(parsed.toString());
}

/** Of IPv6 the internet has 2000::/3 (RFC 4291, IANA): what no registry names is not public, it may be routed inside. */
const isHandedOut = (address: ipaddr.IPv4 | ipaddr.IPv6) => address.kind() === 'ipv4' || isIn(address, '2000::/3');

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, network: string): boolean {
  const [range, bits] = ipaddr.isValid(network) ? wholeAddress(network) : ipaddr.parseCIDR(network);
  return address.kind() === range.kind() && address.match(range, bits);
}

function wholeAddress(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
