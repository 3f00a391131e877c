import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPaint } from '../../src/report/terminal/paint.ts';
import { eventLines } from '../../src/report/terminal/event-line.ts';
import { junitReporter } from '../../src/report/junit/junit-reporter.ts';
import { replay } from '../../src/journal/replay.ts';
import type { JournalEvent } from '../../src/model/event.ts';
import { createRedactor } from '../../src/util/redact.ts';
import { startCommandLine } from '../helpers/command-line.ts';
import { sampleRun } from '../helpers/sample-run.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { serveHttp } from '../helpers/test-server.ts';

/** What a terminal, an XML reader or a browser would act on. */
const NASTY_ONCE =
  '\u001B[2J\u001B]8;;http://evil.example\u0007link\u001B]8;;\u0007\u009B1m <script>alert(1)</script> ]]> &x; <!-- \u0000\u0008\u202E\uD800 \r\n✓ passed everything';

const NASTY = `${NASTY_ONCE} ${NASTY_ONCE}`;

/** Control characters but tab and line feed, turned directions, halves of characters. */
const ACTS = /(?![\t\n])\p{Cc}|[\u{202A}-\u{202E}\u{FFFE}\u{FFFF}]|\p{Cs}/u;

const plain = createPaint(false);

/** Puts a text into every string of an event but those that the programs go by. */
function spoil(value: unknown, text: string, key = ''): unknown {
  if (typeof value === 'string')
    return /^(?:type|step|phase|verdict|check|experiment|driver|severity|startedAt|kind|signal|name|fault|probe|op|error|runId|during)$/.test(
      key,
    )
      ? value
      : `${value}${text}`;
  if (Array.isArray(value)) return value.map((item) => spoil(item, text, key));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, spoil(inner, text, name)]));
}

describe('text of others in a report', () => {
  it('leaves JUnit well-formed and the terminal alone, wherever it stands', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(NASTY), fc.string({ unit: 'binary' })), (text) => {
        const { redactDeep } = createRedactor();
        const events = redactDeep(spoil(sampleRun, text) as JournalEvent[]);
        const lines = events.flatMap((event) => eventLines(event, plain)).join('\n');
        expect(lines).not.toMatch(ACTS);
        const xml = junitReporter.render(replay(events));
        expect(XMLValidator.validate(xml)).toBe(true);
        expect(xml).not.toMatch(ACTS);
      }),
      { numRuns: 50 },
    );
  });

  it('leaves JUnit well-formed also when it comes from a journal that nobody has cleaned', () => {
    const xml = junitReporter.render(replay(spoil(sampleRun, NASTY) as JournalEvent[]));
    expect(XMLValidator.validate(xml)).toBe(true);
    expect(JSON.stringify(new XMLParser({ ignoreAttributes: false }).parse(xml))).toContain('<script>');
  });
});

describe('what an API server and a journal say', () => {
  it('does not steer the terminal, nor look like a line of ours', async () => {
    const server = await serveHttp((_, response) => {
      response.writeHead(403, { 'content-type': 'application/json' });
      const status = { kind: 'Status', apiVersion: 'v1', reason: 'Forbidden', code: 403, message: `no ${NASTY}` };
      response.end(JSON.stringify(status));
    });
    const kubeconfig = JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${server.port}` } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: '' } }],
    });
    const experiment = `
apiVersion: holdfast.dev/v1alpha1
kind: Experiment
metadata: {name: nasty}
spec:
  description: ${JSON.stringify(NASTY.replaceAll('\uD800', '').replaceAll('\u0000', ''))}
  hypothesis: [{name: page, http: {path: /}, expect: {status: 200}}]
  faults: [{name: broken, abort: {service: details, httpStatus: 500}}]
`;
    const folder = tempFolder({ kubeconfig, 'x.yaml': experiment });
    const flags = ['--kubeconfig', join(folder, 'kubeconfig'), '--context', 'x'];
    for (const args of [
      ['run', join(folder, 'x.yaml'), ...flags],
      ['status', ...flags],
      ['recover', ...flags],
    ]) {
      const line = await startCommandLine(args);
      const { code, stdout, stderr } = await line.ended;
      expect(code, stderr).toBe(3);
      expectHarmless(stdout + stderr);
      if (args[0] !== 'run') continue;
      expect(stderr).toContain('<script>');
      const xml = readFileSync(join(line.folder, 'reports/junit.xml'), 'utf8');
      expect(XMLValidator.validate(xml)).toBe(true);
    }
    await server.close();
  });

  it('does neither from a journal of somebody else', async () => {
    const folder = tempFolder({});
    const path = join(folder, 'theirs.ndjson');
    writeFileSync(path, (spoil(sampleRun, NASTY) as object[]).map((it) => `${JSON.stringify(it)}\n`).join(''));
    const line = await startCommandLine(['report', path]);
    const { code, stderr } = await line.ended;
    expect(code, stderr).toBe(0);
    expectHarmless(stderr);
    expect(XMLValidator.validate(readFileSync(join(line.folder, 'reports/junit.xml'), 'utf8'))).toBe(true);
  });
});

function expectHarmless(text: string): void {
  expect(text).not.toMatch(ACTS);
  expect(text, 'a line that looks like ours').not.toMatch(/^ {0,2}✓ passed everything/m);
}
