import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The ways in which a text gets written, told apart so that a test can say which one it was. */
export function spelled(secret: string): Readonly<Record<string, string>> {
  const bytes = Buffer.from(secret);
  const percent = encodeURIComponent(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  return {
    'as it is': secret,
    'URL-encoded': percent,
    'URL-encoded in lower case': percent.replaceAll(/%../g, (code) => code.toLowerCase()),
    'in a form': new URLSearchParams({ x: secret }).toString().slice(2),
    'in base64': bytes.toString('base64').replace(/=+$/, ''),
    'in base64url': bytes.toString('base64url'),
    'in base64 behind one': Buffer.from(`u${secret}`).toString('base64'),
    'in base64 behind two': Buffer.from(`u:${secret}`).toString('base64'),
    'in hex': bytes.toString('hex'),
    'in upper-case hex': bytes.toString('hex').toUpperCase(),
    'escaped in JSON': json,
    'escaped twice': JSON.stringify(json).slice(1, -1),
  };
}

/** What gives a secret away: any way of writing it, half of it, what stays of its base64 behind other bytes. */
function formsOf(secret: string): Readonly<Record<string, string>> {
  const { 'in base64 behind one': one = '', 'in base64 behind two': two = '', ...forms } = spelled(secret);
  return {
    ...forms,
    'its first half': secret.slice(0, Math.ceil(secret.length / 2)),
    'in base64 behind one': one.slice(2, -4),
    'in base64 behind two': two.slice(3, -4),
  };
}

/** Every secret that stands in one of these texts, in whatever form; line breaks and indentation do not hide one. */
export function leaks(
  secrets: Readonly<Record<string, string>>,
  texts: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(texts).flatMap(([where, text]) => {
    const unwrapped = text.replaceAll(/\s+/g, '');
    return Object.entries(secrets).flatMap(([name, secret]) =>
      Object.entries(formsOf(secret))
        .filter(([, form]) => text.includes(form) || unwrapped.includes(form.replaceAll(/\s+/g, '')))
        .map(([how]) => `${name} ${how} in ${where}`),
    );
  });
}

/** The text of every file below a folder, by its path. */
export function textsBelow(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}
