// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// The sandbox of Sectigo Certificate Manager (wire/sectigo-scm.md).
final class SectigoSandbox: CASandbox {
    static let name = "sectigo-scm"

    private let server: CAServer

    init(_ setup: CASetup) throws { server = try CAServer(Self.name, title: "Sectigo", setup: setup) }

    var json: JSONValue { server.json(path: "/api", settings: [:], products: []) }

    var control: any CAControl { server.book }

    func stop() { server.stop() }
}
