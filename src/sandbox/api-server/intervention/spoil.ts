import type { ServerResponse } from 'node:http';

/** Of what is written first only the first half goes out, then the connection ends. */
export function cutInHalf(response: ServerResponse): void {
  const write = response.write.bind(response);
  let isCut = false;
  const half = (chunk: unknown): boolean => {
    if (isCut || !(typeof chunk === 'string' || chunk instanceof Uint8Array)) return false;
    isCut = true;
    const bytes = Buffer.from(chunk);
    return write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => response.destroy());
  };
  response.write = half;
  response.end = (chunk?: unknown) => {
    if (chunk === undefined && !isCut) response.destroy();
    else half(chunk);
    return response;
  };
}

/** The answer ends in order after so many milliseconds, however much there is still to come. */
export function endAfter(response: ServerResponse, ms: number): void {
  const timer = setTimeout(() => response.end(), ms);
  response.once('close', () => clearTimeout(timer));
  const write = response.write.bind(response) as (chunk: unknown) => boolean;
  response.write = (chunk: unknown) => (response.writableEnded ? false : write(chunk));
}
