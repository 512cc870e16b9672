// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Every page: its address, the folder under `pages/`, what it needs, and its place in the navigation.
/// One line a page; the order here is the order there.

export const places = [
  { path: '/console/overview', page: 'overview', nav: 'nav.overview', key: 'o', permission: 'readServices' },
  { path: '/console/certificates', page: 'certificates', nav: 'nav.certificates', key: 'c', permission: 'readCertificates' },
  { path: '/console/certificates/:number', page: 'certificate', permission: 'readCertificates', parent: '/console/certificates' },
  { path: '/console/people', page: 'people', nav: 'nav.people', key: 'p', permission: 'readPeople' },
  { path: '/console/people/:person', page: 'person', permission: 'readPeople', parent: '/console/people' },
  { path: '/console/waiting', page: 'waiting', nav: 'nav.waiting', key: 'w', permission: 'readOrders', counter: 'waiting' },
  { path: '/console/orders', page: 'orders', permission: 'readOrders', parent: '/console/waiting' },
  { path: '/console/orders/:reference', page: 'order', permission: 'readOrders', parent: '/console/waiting' },
  { path: '/console/go/:word', page: 'go' },
  { path: '/signin', page: 'signin', isBare: true },
];

/// The place of an address with its parameters, or nil.
export function placeOf(pathname) {
  for (const place of places) {
    const names = [];
    const pattern = place.path.replace(/:(\w+)/g, (_, name) => { names.push(name); return '([^/]+)'; });
    const match = new RegExp(`^${pattern}/?$`).exec(pathname);
    if (!match) continue;
    const parameters = {};
    try {
      names.forEach((name, index) => { parameters[name] = decodeURIComponent(match[index + 1]); });
    } catch {
      return null;
    }
    return { place, parameters };
  }
  return null;
}

/// What somebody with these permissions finds in the navigation, in two groups.
export function navigation(may) {
  const shown = places.filter((place) => place.nav && may(place.permission));
  return { main: shown.filter((place) => !place.isSetUp), setUp: shown.filter((place) => place.isSetUp) };
}
