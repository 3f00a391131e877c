import type { BackendAnswer } from './backends.ts';

interface PageFacts {
  readonly title: string;
  readonly descriptionHtml: string;
  /** Images before 1.20 show the older page. */
  readonly image: string;
  readonly user: string | undefined;
  readonly details: BackendAnswer;
  readonly reviews: BackendAnswer;
}

interface Review {
  readonly reviewer: string;
  readonly text: string;
  readonly rating?: { readonly stars?: number; readonly color?: string; readonly error?: string };
}

export const STYLESHEET =
  'body{font-family:sans-serif;margin:2rem}.text-red-500{color:#e33}.text-black-500{color:#000}\n';

export function productPage(facts: PageFacts): string {
  const old = isOldTemplate(facts.image);
  return page(
    [
      `<header>${signIn(facts.user)}</header>`,
      `<h1>${facts.title}</h1>`,
      `<p>Summary: ${facts.descriptionHtml}</p>`,
      facts.details.status === 200 ? detailsBox(facts.details.body) : errorBox('details', facts.details.body, old),
      facts.reviews.status === 200 ? reviewsBox(facts.reviews.body, old) : errorBox('reviews', facts.reviews.body, old),
    ].join('\n'),
  );
}

export function indexPage(): string {
  return page('<h1>Bookinfo</h1>\n<p><a href="/productpage">The product page</a></p>');
}

function page(body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Simple Bookstore App</title><link rel="stylesheet" href="/static/bookinfo.css"></head>
<body>
${body}
</body>
</html>
`;
}

function signIn(user: string | undefined): string {
  if (user !== undefined) return `<b>${escapeHtml(user)}</b> (<a href="logout">Sign out</a>)`;
  return `<form method="post" action="login"><input name="username"><input type="password" name="passwd"><button>Sign in</button></form>`;
}

function detailsBox(body: unknown): string {
  const book = body as Readonly<Record<string, unknown>>;
  const rows = ['type', 'pages', 'publisher', 'language', 'ISBN-10', 'ISBN-13'].map(
    (key) => `<dt>${key.charAt(0).toUpperCase()}${key.slice(1)}:</dt><dd>${escapeHtml(String(book[key]))}</dd>`,
  );
  return `<section><h4>Book Details</h4><dl>${rows.join('')}</dl></section>`;
}

function reviewsBox(body: unknown, old: boolean): string {
  const { reviews, podname } = body as { reviews: readonly Review[]; podname: string };
  const quotes = reviews.map(
    ({ reviewer, text, rating }) =>
      `<blockquote><p>${escapeHtml(text)}</p><small>${escapeHtml(reviewer)}</small>${rating ? stars(rating, old) : ''}</blockquote>`,
  );
  const servedBy = old ? '' : `<p>Reviews served by: ${escapeHtml(podname)}</p>`;
  return `<section><h4>Book Reviews</h4>${servedBy}${quotes.join('\n')}</section>`;
}

function stars(rating: NonNullable<Review['rating']>, old: boolean): string {
  if (rating.error !== undefined) {
    return old ? `<p><i>${rating.error}</i></p>` : `<p class="text-red-500"><i>${rating.error}</i></p>`;
  }
  const count = rating.stars ?? 0;
  const color = escapeHtml(rating.color ?? 'black');
  if (old) {
    const full = '<span class="glyphicon glyphicon-star"></span>'.repeat(count);
    return `<font color="${color}">${full}${'<span class="glyphicon glyphicon-star-empty"></span>'.repeat(5 - count)}</font>`;
  }
  const full = `<span class="glyphicon glyphicon-star text-${color}-500"></span>`.repeat(count);
  return `<p>${full}${`<span class="glyphicon glyphicon-star-empty text-${color}-500"></span>`.repeat(5 - count)}</p>`;
}

function errorBox(part: 'details' | 'reviews', body: unknown, old: boolean): string {
  const { error } = body as { error: string };
  return `<section><h4>Error fetching product ${part}${old ? '!' : ''}</h4><p>${error}</p></section>`;
}

function isOldTemplate(image: string): boolean {
  const version = /:1\.(\d+)\./.exec(image)?.[1];
  return version !== undefined && Number(version) < 20;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
