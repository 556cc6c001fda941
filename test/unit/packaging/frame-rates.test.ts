import { expect, test } from 'vitest';
import { settleFrameRatesInDash, settleFrameRatesInHls } from '../../../src/packaging/frame-rates.ts';

const master = (...rates: string[]) =>
  rates.map((rate) => `#EXT-X-STREAM-INF:BANDWIDTH=1,FRAME-RATE=${rate},AUDIO="a"\nx.m3u8`).join('\n');
const mpd = (...rates: string[]) => rates.map((rate) => `<Representation width="1" frameRate="${rate}" id="0">`).join();

test('a steady rate is told as the packager tells it', () => {
  expect(settleFrameRatesInHls(master('29.970', '29.970'), 30_000 / 1_001)).toBe(master('29.970', '29.970'));
  expect(settleFrameRatesInDash(mpd('30000/1001', '25'), 29.97)).not.toBe(mpd('30000/1001', '25'));
  expect(settleFrameRatesInDash(mpd('30000/1001', '30000/1001'), 29.97)).toBe(mpd('30000/1001', '30000/1001'));
});

test('a rate that varies is not told: each rendition would tell another one', () => {
  expect(settleFrameRatesInHls(master('15.000', '30.000'), 29.9)).toBe(
    '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\nx.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\nx.m3u8',
  );
  expect(settleFrameRatesInDash(`<Set maxFrameRate="19200/640">${mpd('19200/1280', '19200/640')}`, 29.9)).toBe(
    '<Set><Representation width="1" id="0">,<Representation width="1" id="0">',
  );
});

test('of one frame no rate is known, and what is told stays', () => {
  expect(settleFrameRatesInHls(master('25.000'), null)).toBe(master('25.000'));
});
