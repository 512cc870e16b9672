// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// One imitated CA. `CASandboxes.all` lists them; README.md of this program says how one is written.
protocol CASandbox: Sendable {
    /// The name of its connector profile, of `--only` and of `cas.NAME` in the ready line.
    static var name: String { get }

    /// Makes keys, opens a port and serves.
    init(_ setup: CASetup) throws

    /// What a client needs, for the ready line: `endpoint`, `settings`, `rootPEM`, `products`, over TLS `tlsRootPEM`.
    var json: JSONValue { get }

    /// What the control API acts on; mostly the order book.
    var control: any CAControl { get }

    func stop()
}
