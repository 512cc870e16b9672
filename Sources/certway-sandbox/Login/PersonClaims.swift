// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// What tokens say of people and applications (wire/entra-oidc.md sections 4 and 6).
struct PersonClaims: Sendable {
    let tenantID: String
    let sandboxURL: String
    let directory: TenantDirectory
    let state: SignInState
    let clock: SandboxClock

    private func times(_ lifetime: Int = 3900) -> [String: JSONValue] {
        let now = Int(clock.now.timeIntervalSince1970)
        return ["iat": JSONValue(now), "nbf": JSONValue(now), "exp": JSONValue(now + lifetime)]
    }

    private var common: [String: JSONValue] {
        times().merging(["tid": .string(tenantID), "uti": .string(GUID.random()), "rh": .string("0." + GUID.random())])
        { $1 }
    }

    /// The claims of an ID token.
    func identity(_ code: SignInState.Code) -> [String: JSONValue] {
        var claims = common
        let person = directory.state.person(code.session.person)
        claims["ver"] = "2.0"
        claims["iss"] = .string("\(sandboxURL)/\(tenantID)/v2.0")
        claims["aud"] = .string(code.clientID)
        claims["nonce"] = code.nonce.map { .string($0) }
        claims["sid"] = .string(code.session.id)
        claims["auth_time"] = JSONValue(Int(code.session.startedAt.timeIntervalSince1970))
        claims["sub"] = .string(
            Base64URL.encode(DigestAlgorithm.sha256.digest(Array((person.id + code.clientID).utf8))))
        if code.scope.split(separator: " ").contains("profile") {
            claims["oid"] = .string(person.id)
            claims["name"] = .string(person.displayName)
            claims["preferred_username"] = .string(person.userPrincipalName)
            claims["login_hint"] = .string(Base64URL.encode("hint of \(person.id)".utf8))
        }
        claims.merge(rights(code.session.person)) { $1 }
        return claims
    }

    /// The claims of an access token for the gateway, of a person who uses a program.
    func delegated(_ code: SignInState.Code, program: String, audience: String) -> [String: JSONValue] {
        let person = directory.state.person(code.session.person)
        var claims = self.audience(audience, program: program)
        claims["scp"] = "access_as_user"
        claims["oid"] = .string(person.id)
        claims["sub"] = .string(Base64URL.encode(DigestAlgorithm.sha256.digest(Array((person.id + audience).utf8))))
        claims["name"] = .string(person.displayName)
        claims[claims["ver"]?.string == "1.0" ? "upn" : "preferred_username"] = .string(person.userPrincipalName)
        claims["sid"] = .string(code.session.id)
        claims.merge(rights(code.session.person)) { $1 }
        return claims
    }

    /// The claims of an access token for the gateway, of a program alone.
    func application(_ program: String, audience: String, roles: [String]) -> [String: JSONValue] {
        var claims = self.audience(audience, program: program)
        // The object id of the application's service principal, which is not the application id.
        let object = DigestAlgorithm.sha256.digest(Array(program.utf8)).prefix(16).reduce((UInt64(0), UInt64(0))) {
            ($0.0 << 8 | $0.1 >> 56, $0.1 << 8 | UInt64($1))
        }
        let id = GUID.text(high: object.0, low: object.1)
        (claims["oid"], claims["sub"], claims["idtyp"]) = (.string(id), .string(id), "app")
        if !roles.isEmpty { claims["roles"] = JSONValue(roles) }
        return claims
    }

    private func audience(_ clientID: String, program: String) -> [String: JSONValue] {
        var claims = common
        if state.switches.tokenVersion == 1 {
            claims["ver"] = "1.0"
            claims["iss"] = .string("https://sts.windows.net/\(tenantID)/")
            claims["aud"] = .string("api://\(clientID)")
            (claims["appid"], claims["appidacr"]) = (.string(program), "1")
        } else {
            claims["ver"] = "2.0"
            claims["iss"] = .string("\(sandboxURL)/\(tenantID)/v2.0")
            claims["aud"] = .string(clientID)
            (claims["azp"], claims["azpacr"]) = (.string(program), "1")
        }
        return claims
    }

    /// App roles and groups of a person; of too many groups, where to ask for them.
    private func rights(_ number: Int) -> [String: JSONValue] {
        var claims: [String: JSONValue] = [:]
        let (switches, roles, state) = (state.switches, state.roles(of: number), directory.state)
        let person = state.person(number)
        if !roles.isEmpty { claims["roles"] = JSONValue(roles) }
        if switches.groupClaims {
            let groups = state.transitiveGroups(of: number)
            if groups.count > switches.groupLimit {
                claims["_claim_names"] = ["groups": "src1"]
                // The retired directory API, as real tokens say.
                let endpoint = "https://graph.windows.net/\(tenantID)/users/\(person.id)/getMemberObjects"
                claims["_claim_sources"] = ["src1": ["endpoint": .string(endpoint)]]
            } else if !groups.isEmpty {
                claims["groups"] = JSONValue(groups)
            }
        }
        if person.userType == "Guest" { claims["idp"] = .string("https://sts.windows.net/\(GUID.random())/") }
        return claims
    }
}
