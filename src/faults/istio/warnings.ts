/** istiod's words for routes that others shadow. Source: istio pkg/config/validation, the table of admission warnings. */
const SHADOWED = /^virtualService rule .* not used\b/;

/** The API server's warnings, with those about routes behind the fault's copies - the fault at work - told as one. */
export function tellWarnings(warnings: readonly string[]): readonly string[] {
  const others = warnings.filter((warning) => !SHADOWED.test(warning));
  const shadowed = warnings.length - others.length;
  if (shadowed === 0) return others;
  return [
    ...others,
    `routes behind the fault's copies get no requests meanwhile, as meant (istiod's warnings: ${shadowed})`,
  ];
}
