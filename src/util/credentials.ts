/** Stands for what is not shown. */
export const MASK = '***';

/** Names of headers whose values let their holder in. */
const SENSITIVE_HEADER =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie2?|(?:x-)?(?:api|access|auth|session|csrf|xsrf)[-_]?(?:key|token)|x-[\w-]*(?:token|secret|password|api-?key|session-id)[\w-]*|x-forwarded-client-cert|www-authenticate|authentication-info)$/i;

/** Names of fields and parameters that hold such values. */
const WORD =
  '[\\w-]{0,40}(?:token|secret|passw(?:or)?d|passphrase|pwd|api[-_]?key|access[-_]?key|private[-_]?key|credential|signature|session[-_]?id|sessid|jwt)(?:s|[-_]\\w{0,40})?';
const SENSITIVE_NAME = new RegExp(`^(?:${WORD}|auth|key|sig|otp|pin|passwort)$`, 'i');

export function isSensitiveHeader(name: string): boolean {
  return SENSITIVE_HEADER.test(name);
}

export function isSensitiveName(name: string): boolean {
  return SENSITIVE_NAME.test(name) || isSensitiveHeader(name);
}

const HEADER_NAMES = 'authorization|proxy-authorization|cookie|set-cookie|x-api-key|x-auth-token|x-access-token';

/** Each keeps what it says besides the credential; linear in the text, for parts of it come from servers. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  // A header written out: `authorization: Bearer abc`, `"cookie": "a=b"`.
  [
    new RegExp(`\\b((?:${HEADER_NAMES})\\\\?["']?[ \\t]{0,8}:[ \\t]{0,8}\\\\?["']?)[^\\s"'\\\\{[][^"'\\r\\n]*`, 'gi'),
    '$1***',
  ],
  // RFC 6750 2.1, RFC 7617 2. Prose such as "Bearer authentication" has no digits and is short.
  [
    /\b(bearer|basic|digest|negotiate)([ \t]{1,4}|%20|\+)(?=[\w.~+/=%-]{20}|[\w.~+/=%-]{0,20}\d)[\w.~+/=%-]{6,}/gi,
    '$1$2***',
  ],
  // RFC 3986 3.2.1.
  [/(:\/\/)[^\s/?#"'<>]{1,1024}@/g, '$1***@'],
  // Parameters of a query or a form.
  [new RegExp(`([?&;](?:${WORD}|auth|key|sig)=)[^&\\s"'<>#;]+`, 'gi'), '$1***'],
  // JSON, also JSON inside a JSON text.
  [new RegExp(`(\\\\{0,7}"(?:${WORD}|auth)\\\\{0,7}"\\s{0,8}:\\s{0,8}\\\\{0,7}")[^"\\\\]+`, 'gi'), '$1***'],
  // RFC 7519: a JWT begins with `{"` in base64.
  [/\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*/g, '***'],
  // PEM in base64, as kubeconfigs hold it.
  [/LS0tLS1CRUdJTi[\w+/=-]{20,}/g, '***'],
  [/-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|$)/g, '***'],
];

/** Masks what has the form of a credential, also where nobody has said that it is one. */
export function maskCredentials(text: string): string {
  let masked = text;
  for (const [shape, instead] of SHAPES) masked = masked.replaceAll(shape, instead);
  return masked;
}

/** A copy of a JSON value in which nothing is left of what stands below the name of a credential, however short it is. */
export function maskNamed(value: unknown, below = false): unknown {
  if (typeof value === 'string') return below ? MASK : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => maskNamed(item, below));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, maskNamed(inner, below || isSensitiveName(name))]),
  );
}
