import { ApiError } from '../api-error.ts';

/** 501 for exec and attach: the sandbox's pods are servers inside one process. */
export function noProcesses(name: string): ApiError {
  return new ApiError(501, 'NotImplemented', `the sandbox has no processes in its pods: ${name} is not available`, {});
}

/** Whether a subresource of pods needs a process. */
export function needsProcess(name: string | undefined): name is 'exec' | 'attach' {
  return name === 'exec' || name === 'attach';
}
