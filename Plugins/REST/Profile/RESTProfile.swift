// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Expressions
import YAMLDocuments

/// The sections of a connector profile that the REST module understands, read and compiled.
struct RESTProfile: Sendable {
    let login: LoginTemplate
    let operations: [String: RESTOperation]
    let errors: [ErrorRule]
    /// Sent with every request.
    let headers: [(name: String, value: Template)]
    let timeout: Duration

    /// - Throws: everything that is wrong. Costs about 15 ms for compiling the programs.
    init(_ profile: ConnectorProfile) throws(Diagnostics) {
        let collector = DiagnosticCollector()
        self = RESTProfileReader(profile, collector).read()
        try collector.check()
    }

    init(
        login: LoginTemplate, operations: [String: RESTOperation], errors: [ErrorRule],
        headers: [(name: String, value: Template)], timeout: Duration
    ) {
        self.login = login
        self.operations = operations
        self.errors = errors
        self.headers = headers
        self.timeout = timeout
    }
}
