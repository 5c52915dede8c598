import { Html } from './visible.ts';

/**
 * A view of a value in which asking for a property that is not there throws, at any depth: what a template gets when it is tried.
 * @param path how the template spells the value, e.g. `it`
 */
export function strict<T extends object>(value: T, path: string): T {
  return new Proxy(value, {
    get(target, key) {
      const found: unknown = Reflect.get(target, key);
      if (typeof key === 'symbol') return found;
      if (!(key in target)) throw new Error(`unknown variable ${path}.${key}`);
      const inner = typeof found === 'object' && found !== null && !(found instanceof Html);
      return inner ? strict(found, `${path}.${key}`) : found;
    },
  });
}
