import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../../src/model/event.ts';
import { heartbeatLine, liveBlock } from '../../../src/report/terminal/live-block.ts';
import { foldLive, type LiveState } from '../../../src/report/terminal/live-state.ts';
import { createPaint } from '../../../src/report/terminal/paint.ts';
import { summaryLines } from '../../../src/report/terminal/summary.ts';
import { createTerminalReporter } from '../../../src/report/terminal/terminal-reporter.ts';
import { experimentRecord, faultRecord, probeResult, repeatedRun, runRecord } from '../../helpers/run-record.ts';

const plain = createPaint(false);
const event = (rest: object): JournalEvent => ({ t: 0, experiment: 'ratings-delay', ...rest }) as JournalEvent;
const STORY: readonly JournalEvent[] = [
  event({ type: 'experiment-started', head: experimentRecord().head, target: experimentRecord().target }),
  event({ type: 'step-started', step: 'fault', title: 'watch under the fault', t: 1000 }),
  event({ type: 'phase-started', phase: 'fault', plannedMs: 10_000, t: 1000 }),
  event({
    type: 'samples',
    phase: 'fault',
    probe: 'page comes',
    samples: [
      { due: 1000, sent: 1000, end: 1250 },
      { due: 1500, sent: 1500, end: 1540, error: 'reset' },
      { due: 1600, end: 1600 },
    ],
  }),
];

describe('the terminal', () => {
  it('shows for a running phase how far it is, how many answers came and how many were bad', () => {
    const state = STORY.reduce<LiveState>(foldLive, new Map());
    const block = liveBlock(state, 6000, 120);
    expect(block).toContain('ratings-delay  fault [==========          ] 5.00 s left');
    expect(block).toContain('2 answers, 1 bad, last 40 ms');
    expect(heartbeatLine(state, 6000)).toBe('ratings-delay: fault for 5.00 s, 2 answers, 1 bad, last 40 ms');
  });

  it('never draws a live line wider than the terminal', () => {
    const state = STORY.reduce<LiveState>(foldLive, new Map());
    for (const line of liveBlock(state, 6000, 40).split('\n')) expect(line.length).toBeLessThan(40);
  });

  it('writes plain lines without cursor tricks where nothing can be redrawn', async () => {
    const stream = new PassThrough();
    const reporter = createTerminalReporter({
      stream: stream as unknown as NodeJS.WriteStream,
      paint: plain,
      live: false,
      interleaved: false,
    });
    for (const one of STORY) reporter.onEvent(one);
    reporter.onEvent(
      event({
        type: 'phase-ended',
        phase: 'fault',
        durationMs: 10_000,
        results: [probeResult({ verdict: 'failed', good: 3 })],
      }),
    );
    await reporter.close();
    const text = String(stream.read());
    expect(text).toContain('fault: failed page comes - 3 of 10 requests good');
    expect(text).not.toContain('\u001B');
  });

  it('heads each line with its experiment when several run side by side', async () => {
    const stream = new PassThrough();
    const reporter = createTerminalReporter({
      stream: stream as unknown as NodeJS.WriteStream,
      paint: plain,
      live: false,
      interleaved: true,
    });
    reporter.onEvent(event({ type: 'note', text: 'waiting' }));
    await reporter.close();
    expect(String(stream.read())).toBe('[ratings-delay] waiting\n');
  });

  it('ends with a verdict for each experiment, the counts, and what is left to clean by hand', () => {
    const dirty = experimentRecord({
      verdict: 'rollback-failed',
      reasons: ['the API server did not answer'],
      faults: [faultRecord({ undone: false, manual: ['kubectl edit vs ratings'] })],
    });
    const text = summaryLines(runRecord([experimentRecord(), dirty]), plain).join('\n');
    expect(text).toContain('✓ passed');
    expect(text).toContain('    the API server did not answer');
    expect(text).toContain(
      '2 experiments: 1 passed, 1 rollback-failed in 9.10 s. On the sandbox, a stand-in for a cluster.',
    );
    expect(text).toContain('    kubectl edit vs ratings');
  });

  it('says the verdict in words too, so that colour is never needed', () => {
    expect(summaryLines(runRecord([experimentRecord({ verdict: 'failed' })]), createPaint(true)).join('\n')).toContain(
      '\u001B[31m✗ failed',
    );
  });

  it('tells of repeated experiments what flaps', () => {
    const lines = summaryLines(repeatedRun(), plain);
    expect(lines).toContain('ratings-delay: 4 passed, 1 failed: flaky');
    expect(lines).toContain('    page comes: held in 4 of 5 runs, 95 % interval 28 .. 99 %');
  });
});
