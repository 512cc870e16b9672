// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Bars by week: how many were issued, renewed, and will end. With the numbers as a table, for who reads those rather.

import { h, replace, svg } from '../app/dom.js';
import { date, number } from '../app/format.js';
import { t } from '../app/i18n.js';
import { moment } from './time.js';

const [width, height, left, bottom, top] = [960, 220, 44, 28, 10];

/// The next number that reads well.
export function niceTop(value) {
  const size = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 5, 10].map((one) => one * size).find((one) => one >= value) ?? value;
}

/// - Parameter weeks: `[{start, issued, renewed, ending}]`, oldest first.
export function weeklyBars(weeks) {
  return inBothWays(bars, asTable, h('div.legend',
    h('span.one', t('chart.issued')), h('span.two', t('chart.renewed')), h('span.three', t('chart.ending'))));

  function bars() {
    const most = niceTop(Math.max(1, ...weeks.map((one) => Math.max((one.issued ?? 0) + (one.renewed ?? 0), one.ending ?? 0))));
    const y = (value) => height - bottom - (value / most) * (height - bottom - top);
    const step = (width - left) / weeks.length;
    const x = (index) => left + index * step;
    const now = weeks.findIndex((one) => new Date(one.start).getTime() + 604_800_000 > Date.now());
    const sum = (name) => number(weeks.reduce((all, one) => all + (one[name] ?? 0), 0));
    return svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'chart', role: 'img', 'aria-label': t('chart.sentence', { issued: sum('issued'), renewed: sum('renewed'), ending: sum('ending') }) },
      [0, most / 2, most].map((value) => [
        svg('line', { class: 'grid', x1: left, x2: width, y1: y(value), y2: y(value) }),
        svg('text', { x: left - 8, y: y(value) + 4, 'text-anchor': 'end' }, number(value))]),
      weeks.map((one, index) => {
        const bar = step * 0.34;
        const issued = y(one.issued ?? 0);
        const both = y((one.issued ?? 0) + (one.renewed ?? 0));
        return [
          svg('rect', { class: 'one', x: x(index) + step * 0.12, y: issued, width: bar, height: height - bottom - issued }),
          svg('rect', { class: 'two', x: x(index) + step * 0.12, y: both, width: bar, height: issued - both }),
          svg('rect', { class: 'three', x: x(index) + step * 0.52, y: y(one.ending ?? 0), width: bar, height: height - bottom - y(one.ending ?? 0) }),
          index % 4 === 0 && svg('text', { x: x(index) + step / 2, y: height - 8, 'text-anchor': 'middle' }, date(one.start))];
      }),
      now > 0 && svg('line', { class: 'pace', x1: x(now), x2: x(now), y1: top, y2: height - bottom }),
      now > 0 && svg('text', { x: x(now) + 4, y: top + 10 }, t('chart.now')));
  }

  function asTable() {
    return table([t('chart.week'), t('chart.issued'), t('chart.renewed'), t('chart.ending')],
      weeks.map((one) => [date(one.start), ...['issued', 'renewed', 'ending'].map((name) => number(one[name] ?? 0))]));
  }
}

const table = (titles, rows) => h('div.scroll', h('table.data', h('thead', h('tr', titles.map((text) => h('th', { scope: 'col' }, text)))),
  h('tbody', rows.map((cells) => h('tr', cells.map((cell, index) => h('td', { 'data-label': titles[index] }, cell)))))));

/// A chart, and the same as a table for who reads that rather.
function inBothWays(chart, asTable, legend) {
  const place = h('div');
  let isTable = false;
  const toggle = h('button.link', { type: 'button', on: { click: () => { isTable = !isTable; draw(); } } });
  function draw() {
    replace(toggle, isTable ? t('chart.asChart') : t('chart.asTable'));
    replace(place, isTable ? asTable() : chart());
  }
  draw();
  return h('figure.stack', place, h('figcaption.row.between', legend, toggle));
}

/// Left against what is needed to be done by the deadline.
/// - Parameters: `points` [{at, left}], oldest first; `start`, `deadline` moments; `total` at the start.
export function burnDown({ points, start, deadline, total }) {
  const [from, to] = [new Date(start).getTime(), Math.max(new Date(deadline).getTime(), ...points.map((one) => new Date(one.at).getTime()))];
  const x = (moment) => left + ((new Date(moment).getTime() - from) / Math.max(1, to - from)) * (width - left - 8);
  const y = (value) => height - bottom - (value / Math.max(1, total)) * (height - bottom - top);
  const last = points.at(-1);
  const chart = () => svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'chart', role: 'img', 'aria-label': t('chart.burn', { left: number(last?.left ?? total), total: number(total), deadline: date(deadline) }) },
      [0, Math.round(total / 2), total].map((value) => [
        svg('line', { class: 'grid', x1: left, x2: width, y1: y(value), y2: y(value) }),
        svg('text', { x: left - 8, y: y(value) + 4, 'text-anchor': 'end' }, number(value))]),
      svg('line', { class: 'pace', x1: x(start), y1: y(total), x2: x(deadline), y2: y(0) }),
      svg('path', { class: 'line', d: points.map((one, index) => `${index ? 'L' : 'M'}${x(one.at).toFixed(1)} ${y(one.left).toFixed(1)}`).join(' ') }),
      svg('text', { x: left, y: height - 8 }, date(start)), svg('text', { x: x(deadline), y: height - 8, 'text-anchor': 'end' }, date(deadline)));
  const asTable = () => table([t('chart.at'), t('chart.left')], points.map((one) => [moment(one.at), number(one.left)]));
  return inBothWays(chart, asTable, h('div.legend', h('span.one', t('chart.left')), h('span.pace', t('chart.needed'))));
}
