/** How sure a verdict on a share or a percentile is where the file does not say: it is wrong at most once in twenty times. */
export const DEFAULT_CONFIDENCE = 0.95;
