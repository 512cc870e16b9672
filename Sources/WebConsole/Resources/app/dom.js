// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The only place that makes elements. Text goes in as text, attributes come from a list, links obey a rule: whatever a
/// directory or a CA sends stays text.

const attributes = new Set([
  'id', 'class', 'for', 'type', 'name', 'placeholder', 'title', 'role', 'tabindex', 'lang', 'dir', 'hidden', 'disabled', 'selected',
  'multiple', 'required', 'readonly', 'min', 'max', 'step', 'rows', 'cols', 'maxlength', 'autocomplete', 'inputmode', 'spellcheck',
  'datetime', 'scope', 'colspan', 'rowspan', 'open', 'accept', 'download', 'target', 'list', 'autofocus', 'start', 'label',
  'alt', 'loading',
]);
const drawing = new Set([
  'viewBox', 'width', 'height', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'r', 'rx', 'd', 'points', 'fill', 'stroke', 'transform',
  'text-anchor', 'stroke-width', 'stroke-dasharray', 'patternUnits', 'preserveAspectRatio', 'focusable',
]);
const svgSpace = 'http://www.w3.org/2000/svg';
const longest = 500;

/// Characters that nobody sees or that turn the direction of what follows, as something to see.
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
export function visible(text) {
  return String(text).replace(unseen, (one) => {
    const code = one.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

/// An own address, or one at another host over https; null for anything else, such as `javascript:` or `//evil`.
export function safeAddress(address) {
  const text = String(address);
  if (/^#[\w-]*$/.test(text)) return { href: text, isOwn: true };
  if (/^\/(?![/\\])/.test(text) && !/[\u0000-\u001f\\]/.test(text)) return { href: text, isOwn: true };
  try {
    const url = new URL(text);
    return url.protocol === 'https:' ? { href: url.href, isOwn: false, host: url.host } : null;
  } catch {
    return null;
  }
}

/// An element. `kind` is a tag with classes, such as `button.primary`.
/// Properties: attributes of the list, `aria-…`, `data-…`, `href`, `src`, `value`, `checked`, `on` {event: listener}, `vars` {'--name': value}.
/// Children: strings, numbers, nodes, lists of them; null and false are left out.
export function h(kind, properties, ...children) {
  const [tag, ...classes] = kind.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  const isPlain = properties?.constructor === Object;
  fill(element, isPlain || properties == null ? children : [properties, ...children]);
  if (isPlain) set(element, properties);
  return element;
}

/// An element of a drawing.
export function svg(tag, properties = {}, ...children) {
  const element = document.createElementNS(svgSpace, tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value == null || value === false) continue;
    if (!drawing.has(name) && !['class', 'id', 'role', 'tabindex'].includes(name) && !name.startsWith('aria-')) {
      throw new TypeError(`svg: attribute ${name} is not on the list`);
    }
    element.setAttribute(name, String(value));
  }
  fill(element, children);
  return element;
}

function set(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (name === 'vars') {
      for (const [variable, setting] of Object.entries(value)) element.style.setProperty(variable, setting);
    } else if (value == null || value === false) {
      continue;
    } else if (name === 'href') {
      link(element, value);
    } else if (name === 'src') {
      // Only pictures of the console itself: one from elsewhere would tell that somebody looks.
      if (/^\/assets\/[\w./-]+\.(png|svg)$/.test(value)) element.setAttribute('src', value);
    } else if (name === 'value' || name === 'checked' || name === 'indeterminate') {
      element[name] = value;
    } else if (name === 'class') {
      element.classList.add(...String(value).split(' ').filter(Boolean));
    } else if (attributes.has(name) || /^(aria|data)-[a-z-]+$/.test(name)) {
      element.setAttribute(name, value === true && !name.startsWith('aria-') ? '' : visible(value));
    } else {
      throw new TypeError(`h: attribute ${name} is not on the list`);
    }
  }
}

function link(element, address) {
  const safe = safeAddress(address);
  if (!safe) return;
  element.setAttribute('href', safe.href);
  if (safe.isOwn) return;
  element.setAttribute('rel', 'noopener noreferrer');
  element.setAttribute('target', '_blank');
  if (!element.textContent.includes(safe.host)) element.append(` (${safe.host})`);
}

/// Adds children to an element.
export function fill(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child == null || child === false || child === true || child === '') continue;
    element.append(child instanceof Node ? child : document.createTextNode(visible(child)));
  }
  return element;
}

/// Puts other children in place of those that are there.
export function replace(element, ...children) {
  element.replaceChildren();
  return fill(element, children);
}

export function fragment(...children) {
  return fill(document.createDocumentFragment(), children);
}

/// Text from a directory, a CA or another outside: apart from the direction of what stands around, and folded when long.
/// - Parameter allWord: the word on the button that shows the rest.
/// - Parameter limit: from how many characters on it is folded; less in a row of a list.
export function foreign(text, allWord, limit = longest) {
  const whole = text == null ? '' : String(text);
  // An address may break behind its @, where it hurts least.
  const [, local, host] = /^([^\s@]+@)([^\s@]+)$/.exec(whole) ?? [];
  if (whole.length <= limit) return host ? h('bdi', local, h('wbr'), host) : h('bdi', whole);
  const shown = h('span', whole.slice(0, limit) + '… ');
  const more = h('button.link', { type: 'button', on: { click: () => { replace(shown, whole); more.remove(); } } },
    allWord ?? `+${whole.length - limit}`);
  return h('bdi', shown, more);
}

/// Hands a text or bytes to the browser as a file to keep.
export function saveFile(name, type, content) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = visible(name).replace(/[/\\]/g, '_');
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export const one = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];
