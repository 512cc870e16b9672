// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// What the control API can change at this CA alone.
struct CertificateServicesSwitches: Sendable {
    static let initial: [String: JSONValue] = [
        "language": .string(PageLanguage.english.rawValue), "encoding": .string(PageEncoding.windows1252.rawValue),
        "sanAttribute": false, "serviceDown": false, "locksAccounts": true,
    ]

    let switches: CASwitches

    var language: PageLanguage { switches.own("language")?.string.flatMap(PageLanguage.init) ?? .english }
    var encoding: PageEncoding { switches.own("encoding")?.string.flatMap(PageEncoding.init) ?? .windows1252 }
    /// EDITF_ATTRIBUTESUBJECTALTNAME2.
    var honoursNameAttribute: Bool { switches.own("sanAttribute")?.bool == true }
    /// The web server is up, the CA behind it is not.
    var isServiceDown: Bool { switches.own("serviceDown")?.bool == true }
    var locksAccounts: Bool { switches.own("locksAccounts")?.bool != false }
}
