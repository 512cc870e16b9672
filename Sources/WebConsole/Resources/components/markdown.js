// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The little Markdown of the manual: headings, paragraphs, lists, code, emphasis, links, pictures. Everything else stays text.

import { h } from '../app/dom.js';

const inline = /(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*|\[[^\]]+\]\([^)]+\))/;

function words(text) {
  return text.split(inline).filter(Boolean).map((part) => {
    if (part.startsWith('`')) return h('code', part.slice(1, -1));
    if (part.startsWith('**')) return h('strong', part.slice(2, -2));
    if (part.startsWith('*')) return h('em', part.slice(1, -1));
    const link = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part);
    return link ? h('a', { href: link[2] }, link[1]) : part;
  });
}

/// - Parameters:
///   - top: level of the first heading.
///   - pictures: where the folder `pictures` of the text is; without it they are left as text.
export function markdown(text, { top = 2, pictures = null } = {}) {
  const nodes = [];
  let lines = [];
  let items = null;
  let code = null;
  const flush = () => {
    if (lines.length) nodes.push(h('p', words(lines.join(' '))));
    if (items) nodes.push(h(items.kind, items.list.map((item) => h('li', words(item)))));
    [lines, items] = [[], null];
  };
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) {
      flush();
      if (code) nodes.push(h('pre', { tabindex: '0' }, code.join('\n')));
      code = code ? null : [];
      continue;
    }
    if (code) { code.push(line); continue; }
    const picture = /^!\[([^\]]+)\]\(pictures\/([\w.-]+\.png)\)$/.exec(line);
    if (picture && pictures) {
      flush();
      nodes.push(h('p', h('img.picture', { src: `${pictures}/${picture[2]}`, alt: picture[1], loading: 'lazy' })));
      continue;
    }
    const heading = /^(#+) (.*)$/.exec(line);
    const item = /^(?:(-)|\d+\.) (.*)$/.exec(line);
    if (heading) {
      flush();
      // A heading that is one word of code can be linked to.
      const word = /^`([\w-]+)`$/.exec(heading[2])?.[1];
      const id = word ? `word-${word}` : null;
      if (heading[1].length > 1) nodes.push(h(`h${Math.min(6, heading[1].length + top - 2)}`, { id }, words(heading[2])));
    } else if (item) {
      const kind = item[1] ? 'ul' : 'ol';
      if (items?.kind !== kind) flush();
      items ??= { kind, list: [] };
      items.list.push(item[2]);
    } else if (items && /^ +\S/.test(line)) {
      items.list[items.list.length - 1] += ` ${line.trim()}`;
    } else if (line.trim()) {
      if (items) flush();
      lines.push(line.trim());
    } else {
      flush();
    }
  }
  flush();
  return h('div.prose', nodes);
}
