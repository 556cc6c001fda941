import { z } from 'zod';

const rule = z.strictObject({
  ID: z.string().optional(),
  AllowedOrigins: z.array(z.string()).min(1),
  AllowedMethods: z.array(z.enum(['GET', 'PUT', 'HEAD', 'POST', 'DELETE'])).min(1),
  AllowedHeaders: z.array(z.string()).default([]),
  ExposeHeaders: z.array(z.string()).default([]),
  MaxAgeSeconds: z.int().min(0).optional(),
});
const configuration = z.strictObject({ CORSRules: z.array(rule).min(1).max(100) });

/** A rule of a bucket, as `aws s3api put-bucket-cors` takes it. */
export type CorsRule = z.infer<typeof rule>;

/** The rules of a file such as docs/storage/cors.json. Throws for what S3 would not take: a name that it does not know, a method that it has not. */
export const readCorsRules = (json: string): CorsRule[] => configuration.parse(JSON.parse(json)).CORSRules;

/** What a browser asks with: lower-case names of headers. */
export interface CorsRequest {
  origin: string;
  method: string;
  /** Of a preflight: those that the page sets. */
  headers: string[];
  preflight: boolean;
}

/**
 * What S3 adds to its answer; null where no rule allows the request: then a preflight is refused, and another request is answered without a
 * word of CORS. The first rule that fits decides. Pure. https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html and
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html
 */
export function corsHeaders(rules: CorsRule[], request: CorsRequest): Record<string, string> | null {
  const { origin, method, headers, preflight } = request;
  const fitting = rules.find(
    ({ AllowedOrigins, AllowedMethods, AllowedHeaders }) =>
      AllowedOrigins.some((allowed) => fits(allowed, origin)) &&
      AllowedMethods.some((allowed) => allowed === method) &&
      headers.every((header) => AllowedHeaders.some((allowed) => fits(allowed.toLowerCase(), header))),
  );
  if (!fitting) return null;
  const any = fitting.AllowedOrigins.includes('*');
  return {
    'access-control-allow-origin': any ? '*' : origin,
    'access-control-allow-methods': fitting.AllowedMethods.join(', '),
    ...(fitting.ExposeHeaders.length > 0 && { 'access-control-expose-headers': fitting.ExposeHeaders.join(', ') }),
    ...(preflight && headers.length > 0 && { 'access-control-allow-headers': headers.join(', ') }),
    ...(preflight && fitting.MaxAgeSeconds !== undefined && { 'access-control-max-age': `${fitting.MaxAgeSeconds}` }),
    ...(!any && { 'access-control-allow-credentials': 'true' }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

/** An origin or header of a rule may hold one `*`. */
function fits(allowed: string, actual: string): boolean {
  const [before = '', after] = allowed.split('*');
  if (after === undefined) return allowed === actual;
  return actual.length >= allowed.length - 1 && actual.startsWith(before) && actual.endsWith(after);
}
