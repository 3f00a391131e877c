/**
 * A limit on a number: `>= 99%`, `< 2.5s`, or a closed range `10% .. 90%`.
 * Shares are kept as 0..1, durations as milliseconds.
 */
export type Threshold =
  | {
      readonly kind: 'compare';
      readonly op: '<' | '<=' | '>' | '>=' | '==';
      readonly value: number;
      readonly text: string;
    }
  | { readonly kind: 'range'; readonly low: number; readonly high: number; readonly text: string };
