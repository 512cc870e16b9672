// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments
import PKIX

/// What all pages of one CA share.
struct CertificateServices: Sendable {
    let server: CAServer
    /// The CA before its last renewal, which has another key and issues no more.
    let formerAuthority: IssuingAuthority
    let domain: WindowsDomain
    let database: RequestDatabase
    let settings: CertificateServicesSwitches

    static let authorityName = "SANDBOX-CA01"
    /// Generations of the CA certificate are numbered from 0.
    static let newestGeneration = 1

    var book: OrderBook { server.book }
    var pages: Pages { Pages(language: settings.language, encoding: settings.encoding) }

    func authority(generation: Int) -> IssuingAuthority? {
        switch generation {
        case 0: formerAuthority
        case Self.newestGeneration: server.authority
        default: nil
        }
    }

    /// A value of the query; the case of its name does not matter.
    static func query(_ name: String, of call: Call) -> String? {
        call.request.query.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
