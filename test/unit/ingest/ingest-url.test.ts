import { describe, expect, test } from 'vitest';
import { ingestUrl, nameInUrl, redirectTarget } from '../../../src/ingest/ingest-url.ts';
import { isPublicAddress } from '../../../src/ingest/public-address.ts';

describe('what is on the public internet', () => {
  test.each(['8.8.8.8', '93.184.216.34', '2606:2800:220:1::1', '1.1.1.1', '172.32.0.1', '192.169.0.1'])(
    '%s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test.each([
    ['this network', '0.0.0.0'],
    ['loopback', '127.0.0.1'],
    ['all of loopback', '127.255.255.254'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['link-local: metadata of AWS, GCP, Azure', '169.254.169.254'],
    ['carrier-grade NAT: metadata of Alibaba', '100.100.100.200'],
    ['metadata of Oracle', '192.0.0.192'],
    ['host of Azure', '168.63.129.16'],
    ['multicast', '224.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['documentation', '203.0.113.1'],
    ['benchmarks', '198.18.0.1'],
    ['reserved', '240.0.0.1'],
    ['loopback', '::1'],
    ['unspecified', '::'],
    ['unique local: metadata of AWS', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['multicast', 'ff02::1'],
    ['mapped', '::ffff:127.0.0.1'],
    ['mapped, of a public one too', '::ffff:8.8.8.8'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['6to4', '2002:7f00:1::'],
    ['Teredo', '2001:0:7f00:1::'],
    ['IPv4 in its old IPv6 form', '::1:7f00:1'],
    ['discard', '100:0:0:1::1'],
    ['never handed out', '4000::1'],
    ['never handed out', 'fe00::1'],
    ['no address', 'localhost'],
    ['not a whole one', '127.1'],
    ['empty', ''],
  ])('not %s: %s', (_what, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test('a network that the operator allows, of its family alone', () => {
    expect(isPublicAddress('10.1.2.3', ['10.1.0.0/16'])).toBe(true);
    expect(isPublicAddress('10.2.2.3', ['10.1.0.0/16'])).toBe(false);
    expect(isPublicAddress('10.2.2.3', ['10.2.2.3'])).toBe(true);
    expect(isPublicAddress('10.2.2.4', ['10.2.2.3'])).toBe(false);
    expect(isPublicAddress('fd00::7', ['fd00::/8'])).toBe(true);
    expect(isPublicAddress('::ffff:10.1.2.3', ['10.1.0.0/16'])).toBe(false);
  });
});

describe('INGEST_URL_REFUSED', () => {
  test.each([
    ['a path', '/etc/passwd'],
    ['a file', 'file:///etc/passwd'],
    ['another scheme', 'ftp://example.com/a.mp4'],
    ['data', 'data:video/mp4,AAAA'],
    ['a login', 'https://ann:secret@example.com/a.mp4'],
    ['loopback', 'http://127.0.0.1/a.mp4'],
    ['loopback in one number', 'http://2130706433/a.mp4'],
    ['loopback in hex', 'http://0x7f.1/a.mp4'],
    ['loopback in octal', 'http://0177.0.0.1/a.mp4'],
    ['loopback in full width', 'http://１２７.０.０.１/a.mp4'],
    ['loopback of the other family', 'http://[::1]/a.mp4'],
    ['mapped', 'http://[::ffff:169.254.169.254]/latest/meta-data'],
    ['a port of mail', 'http://example.com:25/'],
    ['a port of shells', 'https://example.com:22/'],
    ['port 0', 'http://example.com:0/'],
    ['too long', `https://example.com/${'a'.repeat(2_000)}`],
  ])('%s', (_what, url) => {
    expect(() => ingestUrl(url, [])).toThrow(expect.objectContaining({ code: 'INGEST_URL_REFUSED' }));
  });

  test.each([
    'http://example.com:443/',
    'https://example.com:80/',
    'http://example.com:1024/',
    'https://example.com:65535/',
  ])('not of %s', (url) => {
    expect(ingestUrl(url, []).href).toBe(url);
  });

  test('a redirect to where no request may lead, and from https to http', () => {
    const from = new URL('https://example.com/a.mp4');
    for (const location of [
      'http://example.com/a.mp4',
      'http://169.254.169.254/',
      '//[::1]/x',
      'file:///etc/passwd',
      'http://%zz',
    ]) {
      expect(() => redirectTarget(from, location, [])).toThrow(expect.objectContaining({ code: 'INGEST_URL_REFUSED' }));
    }
    expect(redirectTarget(from, '../b.mp4?c=d', []).href).toBe('https://example.com/b.mp4?c=d');
    expect(redirectTarget(new URL('http://example.com/'), 'https://example.org/', []).href).toBe(
      'https://example.org/',
    );
  });
});

test('a file is named by the last step of its path', () => {
  expect(nameInUrl(new URL('https://example.com/a/My%20film.mov?x=/y'))).toBe('My film.mov');
  expect(nameInUrl(new URL('https://example.com/a/%ff.mov'))).toBe('%ff.mov');
  expect(nameInUrl(new URL('https://example.com/'))).toBe('');
});
