// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MailTransport
import YAMLDocuments

/// How certificates with their keys are handed to people whose device nobody manages. Without the section nothing is handed over.
public struct HandOverConfiguration: Sendable, Hashable {
    /// How long a link is good.
    public var lifetime = Duration.seconds(3 * 86400)
    /// How long after delivery the sealed working copy of a key is kept to be handed over; zero erases it at once.
    public var keepKeyFor = Duration.seconds(0)
    /// Files by mail, too; nil for never.
    public var byMail: ByMail?

    /// A file may go to its owner by mail, and its password to another mailbox.
    public struct ByMail: Sendable, Hashable {
        /// The mailbox for passwords, whose readers hand them over by another channel.
        public var passwordTo: String

        public init(passwordTo: String) { self.passwordTo = passwordTo }
    }

    static let lifetimes: ClosedRange<Duration> = .seconds(300)...(.seconds(30 * 86400))
    static let keeping: ClosedRange<Duration> = .seconds(0)...(.seconds(30 * 86400))

    public init() {}

    init(_ reader: MappingReader) {
        defer { reader.finish(known: ConfigurationKeys.names(in: "handOver")) }
        lifetime = reader.duration("lifetime", in: Self.lifetimes) ?? lifetime
        keepKeyFor = reader.duration("keepKeyFor", in: Self.keeping) ?? keepKeyFor
        byMail = reader.mapping("byMail").map { own in
            defer { own.finish(known: ConfigurationKeys.names(in: "handOver.byMail")) }
            let address = own.requiredString("passwordTo")
            if !address.isEmpty, MailAddress(address) == nil {
                own.add("passwordTo", NotificationConfiguration.expected(address))
            }
            return ByMail(passwordTo: address)
        }
    }
}
