// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Every page: its address, the folder under `pages/`, what it needs, and its place in the navigation.
/// One line a page; the order here is the order there. `list` is the first call of a list page with its usual order: it is made before the
/// page's code is here (begin.js).

export const places = [
  { path: '/console/overview', page: 'overview', nav: 'nav.overview', key: 'o', permission: 'readServices' },
  { path: '/console/certificates', page: 'certificates', list: '/certificates?sort=-number', nav: 'nav.certificates', key: 'c', permission: 'readCertificates' },
  { path: '/console/certificates/:number', page: 'certificate', permission: 'readCertificates', parent: '/console/certificates' },
  { path: '/console/people', page: 'people', list: '/people', nav: 'nav.people', key: 'p', permission: 'readPeople' },
  { path: '/console/people/:person', page: 'person', permission: 'readPeople', parent: '/console/people' },
  { path: '/console/mailboxes', page: 'mailboxes', list: '/mailboxes', nav: 'nav.mailboxes', key: 'm', permission: 'readPeople' },
  { path: '/console/mailboxes/:mailbox', page: 'mailbox', permission: 'readPeople', parent: '/console/mailboxes' },
  { path: '/console/waiting', page: 'waiting', nav: 'nav.waiting', key: 'w', permission: 'readOrders', counter: 'waiting' },
  { path: '/console/orders', page: 'orders', list: '/orders?sort=-updatedAt', permission: 'readOrders', parent: '/console/waiting' },
  { path: '/console/orders/:reference', page: 'order', permission: 'readOrders', parent: '/console/waiting' },
  { path: '/console/plan', page: 'plans', nav: 'nav.plans', key: 'l', permission: 'readPlans', counter: 'plans' },
  { path: '/console/templates', page: 'templates', list: '/templates', nav: 'nav.templates', key: 't', permission: 'readTemplates' },
  { path: '/console/templates/:name', page: 'template', permission: 'readTemplates', parent: '/console/templates' },
  { path: '/console/backend-cas', page: 'backendCAs', list: '/backend-cas', nav: 'nav.backendCAs', key: 'b', permission: 'readBackendCAs' },
  { path: '/console/backend-cas/:name', page: 'backendCA', permission: 'readBackendCAs', parent: '/console/backend-cas' },
  { path: '/console/backend-cas-new', page: 'newBackendCA', permission: 'configure', parent: '/console/backend-cas' },
  { path: '/console/incidents', page: 'incidents', list: '/incidents', nav: 'nav.incidents', key: 'i', permission: 'readOrders' },
  { path: '/console/incidents/:name', page: 'incident', permission: 'readOrders', parent: '/console/incidents' },
  { path: '/console/recovery', page: 'recovery', nav: 'nav.recovery', key: 'r', permission: 'readRecoveries' },
  { path: '/console/audit', page: 'audit', nav: 'nav.audit', key: 'a', permission: 'readAudit' },
  { path: '/console/audit/:number', page: 'auditRecord', permission: 'readAudit', parent: '/console/audit' },
  { path: '/console/requests', page: 'requests', nav: 'nav.requests', permission: 'requestCertificate' },
  { path: '/console/set-up', page: 'setup', nav: 'nav.firstRun', permission: 'readSettings', isSetUp: true },
  { path: '/console/configuration', page: 'configuration', nav: 'nav.configuration', permission: 'readSettings', isSetUp: true },
  { path: '/console/moving-in', page: 'adoption', nav: 'nav.adoption', permission: 'placeOrder', isSetUp: true },
  { path: '/console/drift', page: 'drift', nav: 'nav.drift', permission: 'readServices', isSetUp: true },
  { path: '/console/publication', page: 'publication', nav: 'nav.publication', permission: 'readPeople', isSetUp: true },
  { path: '/console/services', page: 'services', nav: 'nav.services', permission: 'readServices', isSetUp: true },
  { path: '/console/notifications', page: 'notifications', nav: 'nav.notifications', permission: 'readSettings', isSetUp: true },
  { path: '/console/notifications/:event', page: 'notification', permission: 'readSettings', parent: '/console/notifications' },
  { path: '/console/connectors', page: 'connectors', list: '/connectors', nav: 'nav.connectors', permission: 'readConnectors', isSetUp: true },
  { path: '/console/connectors/:name', page: 'connector', permission: 'readConnectors', parent: '/console/connectors' },
  { path: '/console/costs', page: 'costs', nav: 'nav.costs', permission: 'readOrders', isSetUp: true },
  { path: '/console/advanced', page: 'advanced', nav: 'nav.advanced', permission: 'readServices', isSetUp: true },
  { path: '/console/about', page: 'about', nav: 'nav.about', isSetUp: true },
  { path: '/my', page: 'my', isBare: true },
  { path: '/status', page: 'status', isBare: true },
  { path: '/manual', page: 'manual', isBare: true },
  { path: '/manual/:name', page: 'manual', isBare: true },
  { path: '/console/go/:word', page: 'go' },
  { path: '/console/signed-in', page: 'signedIn' },
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
