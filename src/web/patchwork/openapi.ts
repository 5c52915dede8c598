export function openapi(_api: string, _minor: number): object {
  return {};
}
