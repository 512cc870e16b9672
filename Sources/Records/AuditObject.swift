// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a record is about.
public struct AuditObject: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// By its reference.
        case order
        /// By its serial number.
        case certificate
        /// A part of the configuration, by section and name.
        case configuration
        case plan
        /// By its name.
        case incident
        /// By template and object id of the person.
        case exception
        /// A request for a server's certificate, by its reference.
        case request
        /// An archived key, by its certificate's serial number.
        case key
        /// A certificate authority of one's own, by its folder.
        case ca
        /// A CA certificate above those of people, by its SHA-256 fingerprint.
        case issuer
        /// The database.
        case store
        /// A right, by its name: what somebody has not.
        case permission
        /// Recurring work of the service, by its name.
        case job
        /// A token of our own, by its name.
        case token
        /// A session of the console, by whose it is.
        case session
        /// What may be fetched once, by its number.
        case package
        /// A recovery, by its number.
        case recovery
        /// A shared mailbox, by its address.
        case mailbox
        /// What somebody is told.
        case notice
        /// A list of the gateway, by its name.
        case list
    }

    public let kind: Kind
    public let id: String

    public init(_ kind: Kind, _ id: String) { (self.kind, self.id) = (kind, id) }
}
