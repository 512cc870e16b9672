// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments

/// Something that a word from a ticket may mean, and where the console shows it.
public struct FoundThing: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case person, order, certificate, template, backendCA

        /// What one must be allowed to read to hear of it.
        var permission: Permission {
            switch self {
            case .person: .readPeople
            case .order: .readOrders
            case .certificate: .readCertificates
            case .template: .readTemplates
            case .backendCA: .readBackendCAs
            }
        }

        private var folder: String {
            switch self {
            case .person: "people"
            case .order: "orders"
            case .certificate: "certificates"
            case .template: "templates"
            case .backendCA: "backend-cas"
            }
        }

        /// Of the console.
        ///
        /// - Parameter key: what people quote: a principal name, a reference, a name.
        func path(_ key: String) -> String {
            let plain = CharacterSet(
                charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~@")
            return "/console/\(folder)/\(key.addingPercentEncoding(withAllowedCharacters: plain) ?? "")"
        }
    }

    public let kind: Kind
    public let title: String
    public let path: String

    init(_ kind: Kind, _ title: String, key: String) {
        (self.kind, self.title, path) = (kind, title, kind.path(key))
    }

    public var json: JSONValue {
        ["kind": .string(kind.rawValue), "title": .string(title), "path": .string(path)]
    }
}
