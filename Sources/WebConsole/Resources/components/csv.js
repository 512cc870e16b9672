// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Comma-separated values that a spreadsheet opens without running anything: cells that begin like a formula get an apostrophe.

const formula = /^[=+\-@\t\r]/;

function cell(value) {
  const text = value == null ? '' : Array.isArray(value) ? value.join(' ') : typeof value === 'object' ? JSON.stringify(value) : String(value);
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\r\n;]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/// - Parameters: field names as the API has them, and objects with them. Dates stay RFC 3339 in UTC.
export const csv = (fields, rows) =>
  `\ufeff${[fields.join(','), ...rows.map((row) => fields.map((name) => cell(row[name])).join(','))].join('\r\n')}\r\n`;
