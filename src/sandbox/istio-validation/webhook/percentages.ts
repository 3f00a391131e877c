import type { Report } from './report.ts';
import type { Percent } from './shapes.ts';

/** Of a fault: fractions down to 0.0001 %. */
export function checkPercentage(percentage: Percent | undefined, report: Report): void {
  const value = percentage?.value ?? 0;
  if (value < 0 || value > 100 || (value > 0 && value < 0.0001)) {
    report.error(`percentage ${goFloat(value)} is neither 0.0, nor in range [0.0001, 100.0]`);
  }
}

/** Of outlier detection: whole per cents. */
export function checkPercent(value: unknown, report: Report): void {
  if (typeof value === 'number' && (value < 0 || value > 100))
    report.error(`percentage ${value} is not in range 0..100`);
}

/** Of mirrors; `name` as Istio words it there. */
export function checkMirrorPercentage(percentage: Percent | undefined, name: string, report: Report): void {
  const value = percentage?.value ?? 0;
  if (value > 100) report.error(`${name} must have a max value of 100 (it has ${value.toFixed(6)})`);
  if (value < 0) report.error(`${name} must have a min value of 0 (it has ${value.toFixed(6)})`);
}

/** Go's %v: exponents below 1e-4 and from 1e21 on, of at least two digits. */
function goFloat(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e21)) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}
