// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Values as YAML for people to read and change; the server reads it.

/// - Parameter value: of JSON, as it would stand in certway.yaml.
export function yaml(value, indent = '') {
  if (Array.isArray(value)) return value.map((one) => `${indent}- ${yaml(one, `${indent}  `).trimStart()}`).join('\n');
  if (value === null || typeof value !== 'object') return `${indent}${scalar(value)}`;
  return Object.entries(value).map(([key, one]) => {
    if (Array.isArray(one) && one.every((item) => typeof item !== 'object')) return `${indent}${key}: [${one.map(scalar).join(', ')}]`;
    return one !== null && typeof one === 'object' && Object.keys(one).length ? `${indent}${key}:\n${yaml(one, `${indent}  `)}` : `${indent}${key}: ${scalar(one)}`;
  }).join('\n');
}

/// Words that YAML takes for something else.
const words = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off']);

const scalar = (value) => (value !== null && typeof value === 'object' ? '{}' : typeof value === 'string' && (!/^[A-Za-z/][\w ./@-]*\w$/.test(value) || words.has(value.toLowerCase())) ? JSON.stringify(value) : String(value));
