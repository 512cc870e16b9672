// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import YAMLDocuments

/// The sections of a connector profile that describe operations, read and compiled.
struct OperationProfile: Sendable {
    /// The first that fits the settings counts.
    let logins: [LoginTemplate]
    /// Reads whose values programs see as `.prepared`.
    let preparations: [String: Preparation]
    let operations: [String: Operation]
    let errors: [ErrorRule]
    /// Sent with every request.
    let headers: [(name: String, value: Template)]
    let timeout: Duration

    /// - Throws: everything that is wrong. Costs what compiling the programs does: 30 ms and 10 µs for each character of them.
    init(_ profile: ConnectorProfile, format: any MessageFormat.Type) throws(Diagnostics) {
        let collector = DiagnosticCollector()
        self = OperationProfileReader(profile, format, collector).read()
        try collector.check()
    }

    /// What running the programs with sample values shows; nothing of a profile that cannot be read.
    static func tryOut(_ profile: ConnectorProfile, format: any MessageFormat.Type) -> [Diagnostic] {
        let collector = DiagnosticCollector()
        let reader = OperationProfileReader(profile, format, collector)
        let rules = reader.read()
        guard collector.isEmpty else { return [] }
        return ProfileTrial(profile: profile, rules: rules, library: reader.library).problems()
    }

    init(
        logins: [LoginTemplate], preparations: [String: Preparation], operations: [String: Operation],
        errors: [ErrorRule], headers: [(name: String, value: Template)], timeout: Duration
    ) {
        self.logins = logins
        self.preparations = preparations
        self.operations = operations
        self.errors = errors
        self.headers = headers
        self.timeout = timeout
    }
}
