// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What each step asks for, and what of the configuration it makes.

import { get, path } from '../../app/api.js';
import { word } from '../../app/i18n.js';
import { nested } from '../../components/configuration.js';

const field = (step, name, more = {}) => ({ name, title: word('setup.field', `${step}.${name}`), help: word('setup.help', `${step}.${name}`), kind: 'text', required: true, ...more });

const keys = ['rsa2048', 'rsa3072', 'rsa4096', 'p256', 'p384'];

/// By id of the step: `fields()` and `sections(values)`; steps without are looked at, not filled in.
export const forms = {
  tenant: {
    fields: async () => [field('tenant', 'id'), field('tenant', 'clientID'), field('tenant', 'clientSecret', { kind: 'secret' }),
      field('tenant', 'login', { required: false }), field('tenant', 'graph', { required: false })].map((one, rank) => ({ ...one, rank })),
    sections: (values) => ({ tenant: nested(values) }),
  },
  intune: {
    fields: async () => [field('intune', 'publicKey', { kind: 'file' }), field('intune', 'providerName', { default: 'Microsoft Software Key Storage Provider' }),
      field('intune', 'keyName', { default: 'PFXEncryptionKey' })].map((one, rank) => ({ ...one, rank })),
    sections: (values) => ({ intune: nested(values) }),
  },
  agent: {
    fields: async () => [field('agent', 'name', { default: 'security-office' }), field('agent', 'certificate', { kind: 'file' })].map((one, rank) => ({ ...one, rank })),
    sections: (values) => ({ keyRecoveryAgents: [nested(values)] }),
  },
  template: {
    fields: async () => {
      const [authorities, agents] = await Promise.all([get('/backend-cas'), agentNames()]);
      const offered = (await Promise.all(authorities.items.map((one) => get(path('/backend-cas/{}/products', one.name)).then(({ items }) => items, () => []))))
        .flatMap((items, index) => items.map((product) => ({ value: `${authorities.items[index].name} ${product.id}`, title: `${authorities.items[index].name}: ${product.title || product.id}` })));
      return [field('template', 'name', { default: 'smime' }), field('template', 'group'),
        field('template', 'product', { kind: 'choice', choices: offered, default: offered[0]?.value }),
        field('template', 'key', { kind: 'choice', choices: keys.map((value) => ({ value, title: value })), default: 'rsa2048' }),
        ...(agents.length ? [field('template', 'keyRecoveryAgents', { required: false, default: agents.join(', ') })] : []),
      ].map((one, rank) => ({ ...one, rank }));
    },
    sections: ({ product = '', keyRecoveryAgents = '', ...values }) => ({ templates: [{ ...values,
      backendCA: product.split(' ')[0], product: product.split(' ').slice(1).join(' '),
      ...(keyRecoveryAgents ? { keyRecoveryAgents: keyRecoveryAgents.split(/[\s,]+/).filter(Boolean) } : {}) }] }),
  },
};

/// Who can open archived keys, by the steps' own words.
async function agentNames() {
  const { steps } = await get('/setup');
  const agent = steps.find((one) => one.id === 'agent');
  return agent?.state === 'done' ? agent.text.split(', ') : [];
}
