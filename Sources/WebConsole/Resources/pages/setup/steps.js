// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The steps, what to write for each, and how it is put to work.

export const order = ['tenant', 'permissions', 'intune', 'agent', 'authority', 'template', 'plan', 'first'];

export const sections = {
  tenant: 'tenant: {id: contoso.onmicrosoft.com, clientID: 11111111-2222-3333-4444-555555555555, clientSecret: "file:/etc/certway/client-secret"}',
  intune: 'intune: {publicKey: /etc/certway/intune-connector.pem, providerName: Microsoft Software Key Storage Provider, keyName: PFXEncryptionKey}',
  agent: 'keyRecoveryAgents: [{name: security-office, certificate: /etc/certway/kra.pem}]',
  authority: 'backendCAs:\n  - {name: public-ca, connector: NAME, acceptedRoots: /etc/certway/roots.pem, settings: {}}',
  template: 'templates:\n  - {name: smime, group: 66666666-7777-8888-9999-000000000000, backendCA: public-ca, product: ID, keyRecoveryAgents: [security-office]}',
};

export const commands = {
  tenant: 'certway apply -f certway.yaml', permissions: 'certway doctor', intune: 'certway apply -f certway.yaml', agent: 'certway apply -f certway.yaml',
  authority: 'certway ca check public-ca', template: 'certway template preview smime', plan: 'certway plan', first: 'certway serve',
};

export const places = {
  permissions: '/console/services', authority: '/console/backend-cas-new', template: '/console/templates', plan: '/console/plan', first: '/console/certificates',
};
