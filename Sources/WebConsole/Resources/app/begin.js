// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

// Not a module: it runs before the first paint and before any module is here. A dark choice must not flash light, and what every page
// asks for anyway is asked for now, beside the modules and not behind them: words, session, and the first rows of a list.
(() => {
  const kept = (name) => {
    try { return JSON.parse(localStorage.getItem(`certway.${name}`)); } catch { return null; }
  };
  const theme = kept('theme') ?? 'system';
  if (theme !== 'system') document.documentElement.dataset.theme = theme;
  // As `startLanguage` of i18n.js chooses.
  const offered = [kept('language'), ...(navigator.languages ?? [navigator.language]).map((one) => one.slice(0, 2).toLowerCase())];
  const language = offered.find((one) => ['en', 'de'].includes(one)) ?? 'en';
  document.documentElement.lang = language;

  const begun = new Map();
  window.certwayBegun = begun;
  const ask = (url, options) => {
    const answer = fetch(url, options);
    // Whoever takes it sees the error.
    answer.catch(() => {});
    begun.set(new URL(url, location.href).href, { answer, language });
  };
  ask(new URL(`../i18n/${language}.json`, document.currentScript.src));
  if (/^\/(console|my)(\/|$)/.test(location.pathname)) {
    const options = { headers: { Accept: 'application/json', 'Accept-Language': language }, credentials: 'same-origin', cache: 'no-store', redirect: 'error' };
    ask('/api/v1/session', options);
    // What the page's line in places.js says; with the address's filters it is the call that `list` of components/list.js makes.
    const list = document.querySelector('meta[name=certway-list]');
    if (list && (kept('permissions') ?? []).includes(list.dataset.permission)) {
      const query = new URLSearchParams(location.search);
      query.delete('do');
      const [path, usual] = list.content.split('?');
      for (const [name, value] of new URLSearchParams(usual)) if (!query.has(name)) query.append(name, value);
      query.set('limit', '50');
      ask(`/api/v1${path}?${query}`, options);
    }
  }

  // Files of a console that was replaced are gone: the page is asked for anew, once, where there is a gateway that has a newer one.
  window.certwayAnew = async () => {
    const last = Number(sessionStorage.getItem('certway.reloaded') ?? 0);
    if (Date.now() - last < 60_000) return false;
    const isThere = await fetch(location.pathname, { method: 'HEAD', cache: 'no-store' }).then((answer) => answer.ok, () => false);
    if (!isThere) return false;
    sessionStorage.setItem('certway.reloaded', String(Date.now()));
    location.reload();
    return true;
  };
  addEventListener('error', ({ target }) => {
    if (target instanceof HTMLScriptElement || target instanceof HTMLLinkElement) window.certwayAnew();
  }, true);
})();
