import { httpGet } from './http-get.ts';

/** The status of a GET on a loopback port, or the code of the error in its place. */
export async function statusOrError(port: number, path: string): Promise<number | string | undefined> {
  try {
    return (await httpGet(`http://127.0.0.1:${port}${path}`)).status;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}
