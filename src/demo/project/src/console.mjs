// Keeps the last lines that a domain wrote.

const LINES = 100;

export function createConsole() {
  return [];
}

export function write(console, line) {
  return [...console, line].slice(-LINES);
}
