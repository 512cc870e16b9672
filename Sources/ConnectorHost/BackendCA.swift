// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import PKIX
import Secrets

/// One configured connection to a CA, ready for work.
public struct BackendCA: Sendable {
    public let name: String
    public let profile: ConnectorProfile
    public let connector: any CertificateAuthorityConnector
    /// Roots that issued certificates must chain to.
    public let acceptedRoots: [Certificate]
    /// The file they were read from; nil where they come from none.
    public let acceptedRootsFile: String?
    /// Which CA and account it stands for (`CAConnection`): orders placed through it belong to that.
    public let connection: String
    /// Replaces the polling schedule, for sandboxes.
    public let pollEvery: Duration?
    /// The budget of the connection, handed over when the backend CA is made anew.
    let limiter: SlidingWindowRateLimiter?
    /// What its connector signs in with, by setting, as it was resolved when the connector was made.
    let secrets: [String: Secret]
    /// The values of the settings that are part of how it signs in, by setting; nil where the profile has none.
    let signInNames: [String: String]?

    /// - Parameter connection: the profile's name when left out.
    public init(
        name: String, profile: ConnectorProfile, connector: any CertificateAuthorityConnector,
        acceptedRoots: [Certificate], connection: String? = nil, pollEvery: Duration? = nil,
        secrets: [String: Secret] = [:], signInNames: [String: String]? = nil
    ) {
        self.init(
            name: name, profile: profile, connector: connector, acceptedRoots: acceptedRoots,
            acceptedRootsFile: nil, connection: connection ?? profile.name, pollEvery: pollEvery, limiter: nil,
            secrets: secrets, signInNames: signInNames)
    }

    init(
        name: String, profile: ConnectorProfile, connector: any CertificateAuthorityConnector,
        acceptedRoots: [Certificate], acceptedRootsFile: String?, connection: String, pollEvery: Duration?,
        limiter: SlidingWindowRateLimiter?, secrets: [String: Secret], signInNames: [String: String]?
    ) {
        self.name = name
        self.profile = profile
        self.connector = connector
        self.acceptedRoots = acceptedRoots
        self.acceptedRootsFile = acceptedRootsFile
        self.connection = connection
        self.pollEvery = pollEvery
        self.limiter = limiter
        self.secrets = secrets
        self.signInNames = signInNames
    }

    /// What this backend CA can do beyond `check` and `enroll`: conforms *and* is configured by the profile.
    public var abilities: Set<ConnectorAbility> {
        Set(ConnectorAbility.allCases.filter { $0.isImplemented(by: connector) && profile.claims($0) })
    }

    /// Why something cannot be done at this CA, and what to do instead where the profile knows, in one sentence.
    public func explainMissing(_ ability: ConnectorAbility) -> String {
        "\(name) cannot \(ability.action)" + (profile.missing[ability].map { ": \($0)" } ?? "")
    }

    /// The connector as one of its abilities; nil when the backend CA lacks it.
    public func ability<Ability>(_ type: Ability.Type, _ ability: ConnectorAbility) -> Ability? {
        profile.claims(ability) ? connector as? Ability : nil
    }
}
