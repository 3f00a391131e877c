/** What the webhook has to say about one object. */
export interface Report {
  error(text: string): void;
  /** An error that Istio keeps in a list of its own, which shows when it is the only one. */
  listed(text: string): void;
  warn(text: string): void;
  /** Everything wrong in one text, or undefined when nothing is. */
  verdict(): string | undefined;
  readonly warnings: readonly string[];
}

/** Words several errors as Go's multierror does, which Istio uses. */
export function createReport(): Report {
  const errors: string[] = [];
  const warnings: string[] = [];
  let isList = false;
  return {
    warnings,
    error: (text) => void errors.push(text),
    listed(text) {
      errors.push(text);
      isList = true;
    },
    warn: (text) => void warnings.push(text),
    verdict() {
      const [only] = errors;
      if (only === undefined || (errors.length === 1 && !isList)) return only;
      const title = errors.length === 1 ? '1 error occurred:' : `${errors.length} errors occurred:`;
      return `${title}\n${errors.map((text) => `\t* ${text}`).join('\n')}\n\n`;
    },
  };
}
