/** Memory that all bodies under way share; a server that answers a thousand requests at length gets no more. */
export interface BodyBudget {
  /** Whether there was so much left; it is taken then. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

export function createBodyBudget(limit: number): BodyBudget {
  let left = limit;
  return {
    take(bytes) {
      if (bytes > left) return false;
      left -= bytes;
      return true;
    },
    give: (bytes) => (left += bytes),
  };
}

/** The bytes of one body as they come in. One growing piece: a body sent byte by byte costs no object a byte. */
export interface KeptBody {
  /** False when the budget is used up; nothing is kept then. */
  add(chunk: Buffer): boolean;
  /** Hands the bytes over and gives the budget back. */
  finish(): Buffer;
}

const FIRST_PIECE = 16 * 1024;

export function keepBody(budget: BodyBudget): KeptBody {
  let piece = Buffer.alloc(0);
  let length = 0;
  let finished = false;
  return {
    add(chunk) {
      if (finished) return true;
      const needed = length + chunk.length;
      if (needed > piece.length) {
        const size = Math.max(needed, piece.length * 2, FIRST_PIECE);
        if (!budget.take(size - piece.length)) return false;
        const larger = Buffer.allocUnsafeSlow(size);
        piece.copy(larger, 0, 0, length);
        piece = larger;
      }
      chunk.copy(piece, length);
      length = needed;
      return true;
    },
    finish() {
      budget.give(piece.length);
      const body = piece.subarray(0, length);
      piece = Buffer.alloc(0);
      finished = true;
      return body;
    },
  };
}
