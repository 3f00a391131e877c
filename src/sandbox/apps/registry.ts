import type { App } from './app.ts';
import { details } from './bookinfo/details.ts';
import { productpage } from './bookinfo/productpage.ts';
import { ratings } from './bookinfo/ratings.ts';
import { reviews } from './bookinfo/reviews.ts';
import { httpbin } from './httpbin.ts';
import { istiod } from './istiod.ts';
import { sleep } from './sleep.ts';

/** Image name without registry, repository and tag -> the app, with what that image sets in its environment. */
const APPS: readonly (readonly [image: RegExp, app: (version: string) => App])[] = [
  [/^examples-bookinfo-productpage-v1$/, () => productpage],
  [/^examples-bookinfo-details-(v\d+)$/, () => details],
  [/^examples-bookinfo-reviews-(v[123])$/, (version) => ({ ...reviews, env: REVIEWS_ENV[version] ?? {} })],
  [/^examples-bookinfo-ratings-(v[\w-]+)$/, (version) => ({ ...ratings, env: { SERVICE_VERSION: version } })],
  [/^(?:go-)?httpbin$/, () => httpbin],
  [/^pilot$/, () => istiod],
  [/^(?:sleep|curl|busybox|fortio)$/, () => sleep],
  // What these do is acted out beside the pods.
  [/^chaosblade-(?:operator|tool)$/, () => sleep],
];

const REVIEWS_ENV: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  v1: { ENABLE_RATINGS: 'false' },
  v2: { ENABLE_RATINGS: 'true', STAR_COLOR: 'black' },
  v3: { ENABLE_RATINGS: 'true', STAR_COLOR: 'red' },
};

/** The app of a container image such as `docker.io/istio/examples-bookinfo-reviews-v2:1.20.3`; undefined when the sandbox has none. */
export function findApp(image: string): App | undefined {
  const name = image.replace(/@.*$/, '').split('/').at(-1)?.split(':', 1)[0] ?? '';
  for (const [pattern, app] of APPS) {
    const match = pattern.exec(name);
    if (match) return app(match[1] ?? '');
  }
  return undefined;
}
