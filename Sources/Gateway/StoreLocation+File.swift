// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Settings
import YAMLDocuments

extension StoreLocation {
    /// Reads `store.yaml`: the database of a gateway, where it is not the file in its folder.
    ///
    /// - Throws: `Diagnostics` with everything that is wrong, `SettingsError` for a file that cannot be read.
    init(file: String) throws {
        let collector = DiagnosticCollector()
        let reader = MappingReader(
            try YAMLNode.parse(SettingsFile(own: file).text(), file: file), collector: collector)
        let url = reader.requiredString("url")
        var details: [Detail: String] = [:]
        for detail in Detail.allCases { details[detail] = reader.string(detail.rawValue) }
        let ways = ["password", "tenant", "managedIdentity"].filter(reader.has)
        if ways.count > 1 { reader.add(ways[1], "give one of \(ways.joined(separator: " and ")), not both") }
        var identity = reader.mapping("tenant").map { StoreSignIn.application(TenantConfiguration($0)) }
        if let managed = reader.string("managedIdentity") {
            identity = .managedIdentity(clientID: managed == "system" ? nil : managed)
        }
        reader.finish()
        try collector.check()
        if url.hasPrefix("sqlite:") {
            try self.init(url, from: .file(file))
        } else {
            try self.init(server: url, identity: identity, details: details, from: .file(file))
        }
    }
}
