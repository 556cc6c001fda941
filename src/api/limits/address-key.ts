import { isIP } from 'node:net';
import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

const v6GroupsOfNetwork = 4;

/**
 * What an address is counted under: an IPv4 address as it is, also where it is written as IPv6; of IPv6 its /64, which one subscriber
 * has whole (RFC 6177). A proxy may add a port to what it forwards. Anything else (`unknown`, RFC 7239, 6.2) is null. Pure.
 */
export function addressKey(address: string | undefined): string | null {
  const bare = withoutPort(address ?? '');
  if (!isIP(bare)) return null;
  const parsed = ipaddr.process(bare);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const network = parsed.toByteArray().slice(0, 2 * v6GroupsOfNetwork);
  return `${Buffer.from(network)
    .toString('hex')
    .replace(/(....)(?=.)/g, '$1:')}::/64`;
}

/** `1.2.3.4:5678` and `[2001:db8::1]:5678` as well as the address alone. */
const withoutPort = (address: string): string =>
  /^\[([^\]]*)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;

/** The address that a request is counted under: what trusted proxies forward, else the socket's. */
export const addressOf = (request: Request): string =>
  addressKey(request.ip) ?? addressKey(request.socket.remoteAddress) ?? 'unknown';
