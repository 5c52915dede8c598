import type { Hono } from 'hono';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The methods for which there is a route of an app at a path, as the `Allow` of an answer has them; empty: none. */
export function allowedAt(app: Hono, path: string): string {
  const taken = METHODS.filter((method) => {
    const [routes] = app.router.match(method, path);
    return routes.some(([[, route]]) => route.method === method);
  });
  return taken.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
}
