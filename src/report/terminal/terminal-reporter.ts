import { createLogUpdate } from 'log-update';
import type { JournalEvent } from '../../model/event.ts';
import type { LiveReporter } from '../reporter.ts';
import { eventLines } from './event-line.ts';
import { heartbeatLine, liveBlock } from './live-block.ts';
import { joinLines } from './join-lines.ts';
import { foldLive, type LiveState } from './live-state.ts';
import type { Paint } from './paint.ts';

const REDRAW_MS = 100;
const HEARTBEAT_MS = 10_000;

export interface TerminalOptions {
  readonly stream: NodeJS.WriteStream;
  readonly paint: Paint;
  /** One block redrawn in place; otherwise plain lines with a heartbeat, so that a CI job is never silent for long. */
  readonly live: boolean;
  /** Several experiments run side by side: each line is headed by its experiment. */
  readonly interleaved: boolean;
}

/** Follows a run on the terminal. */
export function createTerminalReporter(options: TerminalOptions): LiveReporter {
  let state: LiveState = new Map();
  let epoch: number | undefined;
  let spokeAt = performance.now();
  const block = options.live ? createLogUpdate(options.stream) : undefined;

  const now = () => performance.now() - (epoch ?? performance.now());
  const tick = () => {
    if (state.size === 0) return;
    if (block !== undefined) block(liveBlock(state, now(), options.stream.columns ?? 80));
    else if (performance.now() - spokeAt >= HEARTBEAT_MS) write([`  ... ${heartbeatLine(state, now())}`]);
  };
  const timer = setInterval(tick, block === undefined ? 1000 : REDRAW_MS);
  timer.unref();

  function write(lines: readonly string[]): void {
    if (lines.length === 0) return;
    block?.clear();
    options.stream.write(joinLines(lines));
    spokeAt = performance.now();
  }

  return {
    onEvent(event: JournalEvent) {
      epoch ??= performance.now() - event.t;
      state = foldLive(state, event);
      write(headed(eventLines(event, options.paint), event, options.interleaved));
    },
    close() {
      clearInterval(timer);
      block?.clear();
      block?.done();
      return Promise.resolve();
    },
  };
}

function headed(lines: readonly string[], event: JournalEvent, interleaved: boolean): readonly string[] {
  if (
    !interleaved ||
    !('experiment' in event) ||
    event.type === 'experiment-started' ||
    event.type === 'experiment-ended'
  )
    return lines;
  return lines.map((line) => `[${event.experiment}] ${line.trimStart()}`);
}
