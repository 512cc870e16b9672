// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
public import Secrets
public import YAMLDocuments

extension ConnectorProfile {
    /// Checks what an administrator gave for this profile's settings.
    ///
    /// - Parameters:
    ///   - values: by key, without secrets; defaults are filled in.
    ///   - secrets: by key.
    ///   - environment: name of one of the profile's environments; nil for the first.
    ///   - endpoint: takes the place of the environment's address, for a sandbox or a CA in the administrator's network.
    ///   - absenceIsSureAfter: takes the place of the profile's own.
    /// - Throws: everything that is wrong, for the administrator.
    public func settings(
        values: [String: JSONValue], secrets: [String: Secret], environment: String? = nil, endpoint: String? = nil,
        absenceIsSureAfter: Duration? = nil
    ) throws(Diagnostics) -> ConnectorSettings {
        let collector = DiagnosticCollector()
        let origin = "settings for connector \(name)"
        let complete = settings.complete(
            values, secrets: secrets.keys, file: origin, path: "settings", collector: collector)
        func note(_ key: String, _ message: String, _ hint: String? = nil) {
            collector.add(Diagnostic(file: origin, keyPath: key, message: message, hint: hint))
        }
        var address = environments.first?.url ?? ""
        if let environment {
            if let known = environments.first(where: { $0.name == environment }) {
                address = known.url
            } else {
                note(
                    "environment", "unknown environment \(environment)",
                    suggestion(for: environment, in: environments.map(\.name)))
            }
        }
        if let endpoint {
            if let problem = ProfileEnvironment.problem(withAddress: endpoint) { note("endpoint", problem) }
            address = ProfileEnvironment.normalized(endpoint)
        }
        for key in secrets.keys.sorted() where secrets[key]?.isEmpty == true {
            note(DottedPath.join("settings", key), "the secret is empty")
        }
        try collector.check()
        return ConnectorSettings(
            values: complete, secrets: secrets, endpoint: address,
            absenceIsSureAfter: absenceIsSureAfter)
    }
}
