// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import HTTPTransport
import JSONDocuments
import MicrosoftGraph
import Settings

/// Whether people can sign in by the tenant: its sign-in, the registration's redirect address, and the claims by which roles are given.
struct SignInExamination: Sendable {
    private static let subject = "sign-in"
    private static let readApplications = "Application.Read.All"

    private let gateway: Gateway

    init(_ gateway: Gateway) { self.gateway = gateway }

    func look(_ examination: inout Examination) async {
        guard let console = gateway.configuration.console, let signIn = console.signIn,
            let clientID = signIn.clientID ?? gateway.configuration.tenant?.clientID
        else { return }
        guard let publicURL = console.publicURL else {
            return examination.note(
                Self.subject, .failed, "console.publicURL is missing: the tenant has no address to lead people back to")
        }
        let callback = "\(publicURL)/auth/callback"
        do {
            let problem = try await refusal(of: callback, clientID)
            examination.note(
                Self.subject, problem == nil ? .ok : .failed,
                problem ?? "the tenant leads people back to \(callback)")
        } catch {
            examination.note(Self.subject, .failed, "the tenant's sign-in cannot be asked: \(error)")
        }
        await claims(of: clientID, console, &examination)
    }

    /// Asks for a sign-in without a page (OpenID Connect Core section 3.1.2.1, `prompt=none`): the tenant leads nobody back to an address
    /// that is not registered.
    ///
    /// - Returns: what is wrong and what to do; nil for nothing.
    private func refusal(of callback: String, _ clientID: String) async throws -> String? {
        let endpoint = try await gateway.openIDClient().configuration().authorizationEndpoint
        let query = [
            ("client_id", clientID), ("response_type", "code"), ("redirect_uri", callback), ("response_mode", "query"),
            ("scope", "openid profile"), ("state", "doctor"), ("nonce", "doctor"), ("prompt", "none"),
        ].map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        let request = HTTPRequest(
            method: "GET", url: "\(endpoint)\(endpoint.contains("?") ? "&" : "?")\(query)",
            headers: [("Accept", "text/html")])
        return try await gateway.tenantSender.send(request, isIdempotent: true) { response in
            if response.headers["Location"]?.hasPrefix(callback) == true { return nil }
            let code = response.text.firstMatch(of: /AADSTS([0-9]+)/).map { String($0.1) }
            switch code {
            case "50011"?:
                return
                    "\(callback) is not registered: add it in Entra ID, App registrations, Authentication, platform Web"
            case "700016"?: return "the tenant has no application \(clientID): see console.signIn.clientID"
            case let code?: return "the tenant answers AADSTS\(code) in place of leading back to \(callback)"
            case nil:
                return response.status >= 500 || response.status == 429
                    ? "the tenant answers \(response.status): look again later"
                    : "the tenant does not lead back to \(callback) (answer \(response.status)): see that it is registered as platform Web"
            }
        }
    }

    /// Whether tokens will carry what gives roles. That stands in the registration, which the application may read or not.
    private func claims(
        of clientID: String, _ console: ConsoleConfiguration, _ examination: inout Examination
    ) async {
        let groups = console.roles.values.joined().filter { UUID(uuidString: $0) != nil }
        let needsTime = gateway.configuration.handOver != nil || gateway.configuration.recovery.byOwner
        guard !groups.isEmpty || needsTime else { return }
        let subject = "\(Self.subject), claims"
        let advice = "in Entra ID, App registrations, Token configuration"
        do {
            let answer = try await gateway.graphClient().send(
                GraphRequest(
                    "GET", ["applications"],
                    query: [
                        ("$filter", "appId eq '\(clientID)'"),
                        ("$select", "appId,groupMembershipClaims,optionalClaims"),
                    ]))
            guard let registration = answer["value"]?[0] else {
                return examination.note(
                    subject, .warning,
                    "the tenant does not show the registration \(clientID): see yourself \(advice)")
            }
            var problems: [String] = []
            let claimed = registration["groupMembershipClaims"]?.string
            if !groups.isEmpty, claimed == nil || claimed == "None" {
                problems.append(
                    "console.roles names groups, and tokens carry none: add the groups claim \(advice)")
            }
            let optional = (registration["optionalClaims"]?["idToken"]?.array ?? []).compactMap { $0["name"]?.string }
            if needsTime, !optional.contains("auth_time") {
                problems.append(
                    "nobody can sign in anew for their own keys: add the optional claim auth_time for ID tokens \(advice)"
                )
            }
            for problem in problems { examination.note(subject, .failed, problem) }
            if problems.isEmpty { examination.note(subject, .ok, "tokens carry what gives roles") }
        } catch let error as GraphError where error.kind == .permission {
            guard !groups.isEmpty || gateway.configuration.handOver != nil else { return }
            examination.note(
                subject, .warning,
                "whether tokens carry \(groups.isEmpty ? "auth_time" : "groups") cannot be read without \(Self.readApplications): see "
                    + "yourself \(advice), or grant it")
        } catch {
            examination.note(subject, .failed, "\(error)")
        }
    }
}
