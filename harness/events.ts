/** What a run tells while it goes: the one stream that progress and reports are made from. Plain data. */
import type { Exchange } from './exchange.ts';
import type { TaskRecord } from './record.ts';
import type { CheckRecord } from './verdict.ts';

export type RunEvent =
  /** How many checks will be run: at the end every one of them has its record. */
  | { readonly type: 'planned'; readonly checks: number }
  | { readonly type: 'begun'; readonly clause: string; readonly name: string }
  | {
      readonly type: 'waiting';
      readonly clause: string;
      readonly name: string;
      readonly waitMs: number;
      readonly why: string;
    }
  | { readonly type: 'exchange'; readonly exchange: Exchange }
  /** The newest of one id counts. */
  | { readonly type: 'task'; readonly task: TaskRecord }
  | { readonly type: 'check'; readonly check: CheckRecord }
  | {
      readonly type: 'cut-short';
      readonly reason: string;
      readonly fault: 'interrupted' | 'target' | 'harness' | 'time';
    }
  | { readonly type: 'stall'; readonly stallMs: number }
  | { readonly type: 'end' };

export type Recorder = (event: RunEvent) => void;
