// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// What a token of the tenant must say to be believed, once its signature is (wire/entra-oidc.md sections 4 and 6).
public struct TokenRules: Sendable {
    /// Clocks may differ by so much.
    public static let skew: TimeInterval = 300

    /// As the tenant's configuration has it.
    public let issuer: String
    public let tenantID: String
    /// Application id of the gateway's registration.
    public let clientID: String
    public let now: Date

    public init(issuer: String, tenantID: String, clientID: String, now: Date) {
        (self.issuer, self.tenantID, self.now) = (issuer, tenantID.lowercased(), now)
        self.clientID = clientID.lowercased()
    }

    /// Judges the ID token of a sign-in.
    ///
    /// - Parameter nonce: what was sent with the question.
    public func person(_ claims: JSONValue, nonce: String) throws(TokenRefusal) -> Identity {
        guard claims["ver"]?.string == "2.0" else { throw .version(claims["ver"]?.identifier ?? "") }
        try require(claims, issuers: [issuer], audiences: [clientID])
        guard let found = claims["nonce"]?.string, !nonce.isEmpty, ConstantTime.areEqual(found, nonce) else {
            throw .nonce
        }
        return try identity(claims, .person, name: claims["preferred_username"]?.string)
    }

    /// Judges a token that was shown to the API: of a person who uses a program, or of a program alone.
    public func bearer(_ claims: JSONValue) throws(TokenRefusal) -> Identity {
        // The registration decides on the version, whatever endpoint was asked.
        let isFirst = claims["ver"]?.string == "1.0"
        guard isFirst || claims["ver"]?.string == "2.0" else { throw .version(claims["ver"]?.identifier ?? "") }
        try require(
            claims, issuers: isFirst ? ["https://sts.windows.net/\(tenantID)/"] : [issuer],
            audiences: isFirst ? ["api://\(clientID)", clientID] : [clientID])
        let program = claims[isFirst ? "appid" : "azp"]?.string
        let isDelegated = claims["scp"]?.string.map { !$0.isEmpty } ?? false
        guard claims["idtyp"]?.string == "app" || !isDelegated else {
            return try identity(
                claims, .person,
                name: claims["preferred_username"]?.string ?? claims["upn"]?.string
                    ?? claims["unique_name"]?.string)
        }
        // A token of both kinds is none.
        guard !isDelegated else { throw .malformed("it is for a program alone, and yet for somebody (scp)") }
        guard let program, !program.isEmpty else { throw .missing(isFirst ? "appid" : "azp") }
        return try identity(claims, .application, name: "application \(program)")
    }

    private func require(
        _ claims: JSONValue, issuers: [String], audiences: [String]
    ) throws(TokenRefusal) {
        let issuer = claims["iss"]?.string ?? ""
        guard issuers.contains(issuer) else { throw .issuer(issuer, expected: issuers[0]) }
        let tenant = claims["tid"]?.string ?? ""
        guard tenant.lowercased() == tenantID else { throw .tenant(tenant, expected: tenantID) }
        // A list of audiences is not Entra's way, and who is first in it would be a question.
        let audience = claims["aud"]?.string ?? ""
        guard audiences.contains(audience.lowercased()) else { throw .audience(audience, expected: audiences[0]) }
        let end = try time(claims, "exp")
        guard now < end.addingTimeInterval(Self.skew) else { throw .expired(end, now: now) }
        for name in ["nbf", "iat"] {
            let start = try time(claims, name)
            guard start.addingTimeInterval(-Self.skew) <= now else { throw .notYetValid(start, now: now) }
        }
    }

    private func time(_ claims: JSONValue, _ name: String) throws(TokenRefusal) -> Date {
        // Beyond the year 9999 no text of it could be written.
        guard let seconds = claims[name]?.number, (0..<253_402_300_800).contains(seconds) else { throw .missing(name) }
        return Date(timeIntervalSince1970: seconds)
    }

    private func identity(_ claims: JSONValue, _ kind: Identity.Kind, name: String?) throws(TokenRefusal) -> Identity {
        guard let id = claims["oid"]?.string, UUID(uuidString: id) != nil else { throw .missing("oid") }
        return Identity(
            claims, kind: kind, tenantID: tenantID, objectID: id.lowercased(),
            name: name.flatMap { $0.isEmpty ? nil : String($0.prefix(320)) } ?? id.lowercased())
    }
}
