// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import YAMLDocuments

/// What follows in the life of a template's certificates once they are in use.
public struct LifePolicy: Sendable, Hashable {
    /// What becomes of a certificate whose content is not true any more.
    public enum Change: String, Sendable, CaseIterable {
        /// Said, and nothing else.
        case report
        /// Another one is ordered; the old one runs out.
        case replace
        /// Another one is ordered, and the old one revoked as soon as the new one is on the person's devices.
        case replaceAndRevoke
    }

    /// What becomes of the certificate of somebody who has left.
    public enum Departure: String, Sendable, CaseIterable {
        /// Nothing but a word in lists.
        case keep
        /// It is taken from the devices, and stays valid until it ends: mail that was encrypted to it can be recovered, and nobody is
        /// told that it was revoked.
        case retire
        /// It is taken from the devices and revoked.
        case revoke
    }

    /// What becomes of a certificate that another one has renewed.
    public enum Superseded: String, Sendable, CaseIterable {
        case keep, revoke
    }

    /// How long before its end a certificate is renewed at the latest.
    public var renewBefore = Duration.seconds(30 * 86_400)
    /// Over how long before that the renewals spread, so that certificates of one day are not renewed on one day.
    public var renewSpread = Duration.seconds(14 * 86_400)
    public var onChange = Change.replaceAndRevoke
    public var onDeparture = Departure.revoke
    /// How long somebody may be away before that happens.
    public var departureGrace = Duration.seconds(7 * 86_400)
    public var superseded = Superseded.keep

    public init() {}

    static let notice: ClosedRange<Duration> = .zero...(.seconds(3650 * 86_400))
}

extension LifePolicy {
    /// Reads the keys of a template.
    init(_ reader: MappingReader) {
        self.init()
        if let renewal = reader.mapping("renewal") {
            renewBefore = renewal.duration("before", in: Self.notice) ?? renewBefore
            renewSpread = renewal.duration("spread", in: Self.notice) ?? renewSpread
            superseded = renewal.choice("superseded", of: Superseded.self) ?? superseded
            renewal.finish(known: ConfigurationKeys.names(in: "templates[].renewal"))
        }
        onChange = reader.choice("onChange", of: Change.self) ?? onChange
        if let departure = reader.mapping("onDeparture") {
            departureGrace = departure.duration("after", in: Self.notice) ?? departureGrace
            onDeparture = departure.choice("certificate", of: Departure.self) ?? onDeparture
            departure.finish(known: ConfigurationKeys.names(in: "templates[].onDeparture"))
        }
    }
}
