// A domain: a virtual machine and what it may use.

export function createDomain(name, memory) {
  return { name, memory, state: 'paused' };
}

export function unpause(domain) {
  return { ...domain, state: 'running' };
}

export function describe(domain) {
  return `${domain.name} ${domain.memory} MiB ${domain.state}`;
}
