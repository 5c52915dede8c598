// The pages work without this; with it they follow what happens, copy commands and obey a few keys.
'use strict';

const main = () => document.getElementById('main');

/** Opens what a link of this page points into. */
function openTarget() {
  const target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  for (let at = target; at !== null; at = at.parentElement) if (at instanceof HTMLDetailsElement) at.open = true;
  if (target !== null) target.scrollIntoView();
}

/** A button beside each command. */
function addCopying(root) {
  if (navigator.clipboard === undefined) return;
  for (const command of root.querySelectorAll('pre.command')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', `Copy: ${command.getAttribute('aria-label') ?? 'command'}`);
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(command.textContent);
      button.textContent = 'Copied';
      setTimeout(() => (button.textContent = 'Copy'), 2000);
    });
    command.after(button);
  }
}

/** Asks for the page again and puts its content in place of the old, with what was unfolded left so. */
async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('main');
  if (fresh === null) return;
  const open = new Set([...main().querySelectorAll('details[id][open]')].map(({ id }) => id));
  for (const one of fresh.querySelectorAll('details[id]')) one.open = open.has(one.id) || one.open;
  const [left, top] = [scrollX, scrollY];
  main().replaceChildren(...fresh.childNodes);
  addCopying(main());
  scrollTo(left, top);
}

/** Follows a change while its page is open. */
function follow() {
  const place = document.querySelector('[data-events]');
  if (place === null || typeof EventSource === 'undefined') return;
  const events = new EventSource(place.dataset.events);
  let known = '';
  events.addEventListener('state', async ({ data }) => {
    const first = known === '';
    const news = data !== known;
    known = data;
    if (!first && news) await refresh();
    const live = document.getElementById('live');
    if (live !== null) live.textContent = first ? '· live' : '· live, news came just now';
  });
  events.addEventListener('error', () => {
    const live = document.getElementById('live');
    if (live !== null) live.textContent = '';
  });
  addEventListener('pagehide', () => events.close());
}

/** `/` goes to the search field; j and k to the next and the last line of a list. */
function obeyKeys() {
  addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLElement && event.target.matches('input, select, textarea');
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/') {
      const field = document.getElementById('q');
      if (field === null) return;
      event.preventDefault();
      field.focus();
    } else if (event.key === 'j' || event.key === 'k') {
      const links = [...document.querySelectorAll('.changes tbody th a')];
      const at = links.indexOf(document.activeElement);
      const next = links[event.key === 'j' ? at + 1 : Math.max(0, at - 1)];
      if (next !== undefined) next.focus();
    }
  });
}

addEventListener('hashchange', openTarget);
openTarget();
addCopying(document);
follow();
obeyKeys();
