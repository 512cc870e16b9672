// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
import PKIX

/// Calls the pages of Web Enrollment as a browser would, signed in with every request.
struct CertsrvClient: Sendable {
    let exchange: CAExchange
    /// `https://host/certsrv`, without a slash at the end.
    let base: String
    private let settings: ADCSSettings
    private let profile: ADCSProfile
    private let proof = LastProof()

    /// - Throws: `ConnectorError` of kind `configuration` without an address.
    init(
        _ rules: ADCSProfile, _ profile: ConnectorProfile, _ settings: ADCSSettings, endpoint: String,
        services: ConnectorServices
    ) throws {
        guard !endpoint.isEmpty else {
            throw ConnectorError(.configuration, "endpoint is missing: set it to https://HOST/certsrv")
        }
        base = endpoint.lowercased().hasSuffix("/certsrv") ? endpoint : endpoint + "/certsrv"
        self.settings = settings
        self.profile = rules
        exchange = CAExchange(profile, services: services, secrets: settings.secrets)
    }

    /// Host and port, for people.
    var place: String { (try? HTTPAddress(base))?.host ?? base }

    /// Reads a page or file.
    ///
    /// - Returns: an answer 200, whatever it says.
    func get(_ page: String, _ query: KeyValuePairs<String, String> = [:]) async throws -> HTTPResponse {
        let parameters = query.isEmpty ? "" : "?" + PercentEncoding.form(query.map { ($0.key, $0.value) })
        let answer = try await exchange.send(request("GET", page + parameters))
        guard answer.status == 200 else { throw error(for: answer, isCreating: false) }
        proof.note(exchange.services.clock.uptime())
        return answer
    }

    /// Makes sure that address and account are right by a page that only reads, unless another one has shown it lately. A
    /// submission is in doubt whatever the server answers, and nobody can search here: so it is never the one to find out
    /// that the server is down, or the wrong one.
    func prove() async throws {
        guard !proof.isFresh(exchange.services.clock.uptime()) else { return }
        _ = try await get("")
    }

    /// Submits a request.
    ///
    /// - Returns: the answer with any status: its page may say more than the status.
    func submit(_ message: String, attributes: RequestAttributes, gate: SubmissionGate) async throws -> HTTPResponse {
        var request = request("POST", "certfnsh.asp")
        request.headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        request.body = Array(
            PercentEncoding.form([
                ("Mode", "newreq"), ("CertRequest", message), ("CertAttrib", attributes.text),
                ("FriendlyType", "Saved-Request Certificate"), ("TargetStoreFlags", "0"), ("SaveCert", "yes"),
                ("ThumbPrint", ""),
            ]
            ).utf8)
        return try await exchange.send(request, gate: gate)
    }

    /// The error for an answer whose page does not say more.
    func error(for answer: HTTPResponse, isCreating: Bool) -> ConnectorError {
        switch answer.status {
        case 401:
            exchange.error(
                for: answer, isCreating: isCreating,
                message: "the server does not accept \(settings.account); check user "
                    + "and password, that the server offers this authentication, and that it does not require Extended "
                    + "Protection (channel binding)")
        case 403, 404:
            // Pages of the web server or a proxy, not of Web Enrollment.
            exchange.error(
                for: answer, isCreating: isCreating, kind: .configuration, isOwn: false,
                message: "check the endpoint and who may use Web Enrollment")
        default: exchange.error(for: answer, isCreating: isCreating)
        }
    }

    private func request(_ method: String, _ page: String) -> HTTPRequest {
        HTTPRequest(
            method: method, url: "\(base)/\(page)", headers: [("User-Agent", profile.userAgent)],
            timeout: profile.timeout, maximumResponseSize: 64 << 20, tls: settings.tls,
            authentication: settings.authentication)
    }
}
