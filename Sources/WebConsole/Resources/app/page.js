// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a page is given: its address, a place to draw, and ways to load that know loading, stale, denied, gone and broken.

import { address, call, Problem } from './api.js';
import { replace } from './dom.js';
import { listen } from './events.js';
import { keepFocus } from './focus.js';
import { t } from './i18n.js';
import { restore, setQuery } from './router.js';
import { working } from '../components/loading.js';
import { problemBox, staleNote } from '../components/problem.js';

export class Page {
  /// - Parameters:
  ///   - visit: what the router says: place, parameters, query, signal, memory, isBack.
  ///   - frame: the frame around every page; see `components/frame.js`.
  constructor(visit, frame) {
    Object.assign(this, visit);
    this.frame = frame;
    this.main = frame.main;
    this.calls = [];
    /// What stands on paper beside the page: text by label, made when it is printed.
    this.paper = new Map();
    this.line = null;
    this.isRestored = false;
  }

  /// Names the page: in its head, the window's title, and to a screen reader.
  title(text, { count, crumbs, isProblem = false } = {}) {
    this.frame.head({ title: text, count, crumbs: crumbs ?? [], isProblem, page: this });
  }

  /// Puts nodes into the page, in place of those before.
  show(...nodes) {
    replace(this.main, ...nodes);
    if (!this.isList) this.settle();
  }

  /// Scrolls and focuses as before, on Back; lists call it once their rows are there.
  settle() {
    if (this.isRestored || !this.isBack) return;
    this.isRestored = true;
    restore(this.memory);
  }

  /// The `certway` line that shows the same, or a function that makes it of the address as it is by then.
  command(line) { this.line = line; }

  /// Says when what is shown was read.
  asOf(date = new Date()) { this.frame.asOf(date); }

  /// Changes the address's query without a new entry. - Parameter changes: null takes a name out, a list repeats it.
  filter(changes) {
    for (const [name, value] of Object.entries(changes)) {
      this.query.delete(name);
      for (const one of [value].flat()) if (one != null && one !== '') this.query.append(name, one);
    }
    setQuery(this.query);
    return this.query;
  }

  /// Calls back on events of these topics while the page is open.
  live(topics, listener) { listen(topics, this.signal, listener); }

  /// A reading call that shows that it works and is remembered for "As command".
  async get(path, { query, quiet = false } = {}) {
    // Of one path the last call counts: it is the one of what is shown.
    this.calls = [...this.calls.filter((one) => one.split('?')[0] !== path), address(path, query)];
    const answer = call('GET', path, { query, signal: this.signal });
    const { data } = await (quiet ? answer : working(answer, () => history.back()));
    this.asOf();
    return data;
  }

  /// Loads and draws one thing, again at each event of its topics. What is there stays while it is read again.
  /// - Parameters:
  ///   - draw: gets the data and returns nodes.
  ///   - into: where to draw; the whole page when nil.
  async load(path, { query, draw, topics = [], into, gone } = {}) {
    const put = into ? (...nodes) => replace(into, ...nodes) : (...nodes) => this.show(...nodes);
    let hasData = false;
    const read = async (quiet) => {
      try {
        const data = await this.get(path, { query, quiet });
        if (this.signal.aborted) return;
        const nodes = await draw(data);
        keepFocus(() => put(nodes));
        hasData = true;
        this.frame.note(null);
      } catch (error) {
        if (this.signal.aborted) return;
        this.fail(error, { put, hasData, gone, again: () => read(false) });
      }
    };
    this.reload = () => read(false);
    if (topics.length) {
      let timer;
      // Many events at once are one change to look at.
      this.live(topics, () => { clearTimeout(timer); timer = setTimeout(() => read(true), 250); });
    }
    await read(false);
  }

  /// Shows an error where it belongs: beside what is there already, or in its place.
  fail(error, { put = (...nodes) => this.show(...nodes), hasData = false, gone, again } = {}) {
    if (!(error instanceof Problem)) throw error;
    if (hasData) {
      this.frame.note(staleNote(error, again, this.signal));
      return;
    }
    if (error.isGone && gone) return put(gone(error));
    put(problemBox(error, { again }));
    this.title(t('problem.title'), { isProblem: true });
  }
}
