// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import YAMLDocuments

/// The sections of a connector profile that describe operations, read and compiled.
struct OperationProfile: Sendable {
    let login: LoginTemplate
    let operations: [String: Operation]
    let errors: [ErrorRule]
    /// Sent with every request.
    let headers: [(name: String, value: Template)]
    let timeout: Duration

    /// - Throws: everything that is wrong. Costs about 15 ms for compiling the programs.
    init(_ profile: ConnectorProfile, format: any MessageFormat.Type) throws(Diagnostics) {
        let collector = DiagnosticCollector()
        self = OperationProfileReader(profile, format, collector).read()
        try collector.check()
    }

    init(
        login: LoginTemplate, operations: [String: Operation], errors: [ErrorRule],
        headers: [(name: String, value: Template)], timeout: Duration
    ) {
        self.login = login
        self.operations = operations
        self.errors = errors
        self.headers = headers
        self.timeout = timeout
    }
}
