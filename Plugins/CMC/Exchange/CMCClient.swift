// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Expressions
import HTTPTransport
import JSONDocuments
import PKIX
import ProfileOperations

/// Sends messages of one backend CA, signed, and gives answers that are checked.
struct CMCClient: Sendable {
    let profile: CMCProfile
    let exchange: CAExchange
    let credential: ClientCredential
    let reader: CMCAnswerReader
    private let url: String
    private let tls: TLSOptions?
    private let settings: JSONValue

    /// The bound of the sheet for an answer, in bytes.
    private static let maximumAnswer = 1 << 20

    /// - Throws: `ConnectorError` of kind `configuration` for settings that do not hold what they should.
    init(
        _ profile: CMCProfile, _ common: ConnectorProfile, _ settings: ConnectorSettings, _ services: ConnectorServices
    ) throws {
        self.profile = profile
        self.settings = .object(settings.values)
        exchange = CAExchange(common, services: services, secrets: Array(settings.secrets.values))
        url = settings.endpoint + profile.path
        guard let secret = settings.secrets[profile.operatorCertificate] else {
            throw ConnectorError(.configuration, "settings.\(profile.operatorCertificate) is missing")
        }
        credential = try Self.explaining(profile.operatorCertificate) {
            try ClientCredential(secret, password: profile.operatorPassword.flatMap { settings.secrets[$0] })
        }
        tls = profile.isTLSClient ? try credential.tlsOptions() : nil
        func certificates(_ setting: String?) throws -> [Certificate] {
            guard let setting, let pem = settings.values[setting]?.string else { return [] }
            return try Self.explaining(setting) {
                let found = try Certificate.all(pem: pem)
                guard found.isEmpty else { return found }
                throw PKIXError(.malformed, "expected certificates in PEM, found none")
            }
        }
        reader = CMCAnswerReader(
            pinned: try certificates(profile.responder.certificates),
            trustAnchors: try certificates(profile.responder.trustAnchors), purpose: profile.responder.purpose,
            isNonceRequired: profile.isNonceRequired, allowsSimpleResponse: profile.allowsSimpleResponse)
    }

    /// One exchange.
    ///
    /// - Parameters:
    ///   - operation: what the profile's programs see as `.operation`.
    ///   - members: what else they see.
    ///   - isOrder: whether certificates are expected.
    ///   - gate: for a message that may make an order, so that a lost or unusable answer is `outcomeUnknown`.
    func send(
        _ message: CMCMessage, _ operation: String, _ members: [String: JSONValue] = [:], isOrder: Bool = false,
        gate: SubmissionGate? = nil
    ) async throws -> CMCAnswer {
        let isCreating = gate != nil
        let request = try request(message, input(operation, members))
        let answer = try await exchange.send(request, gate: gate)
        guard answer.status == 200 else { throw exchange.error(for: answer, isCreating: isCreating) }
        do {
            let read = try reader.read(answer.body, to: message, isOrder: isOrder, at: exchange.services.clock.now())
            if !read.unknownControls.isEmpty {
                exchange.services.logger.log(
                    .info, "the CA's answer has controls nobody here knows",
                    fields: [("controls", read.unknownControls.joined(separator: " "))])
            }
            return read
        } catch { throw Self.error(error, isCreating: isCreating) }
    }

    /// - Parameter isCreating: whether an order may have been made, which then comes before everything else.
    static func error(_ refusal: CMCRefusal, isCreating: Bool) -> ConnectorError {
        var error = CAExchange.notUnderstood(refusal.message, isCreating: isCreating, detail: refusal.detail)
        // Who may sign and what counts as an answer stands in profile and settings, or the clock is wrong.
        if !isCreating, [.signer, .simpleResponse].contains(refusal.reason) { error.kind = .configuration }
        return error
    }

    func input(_ operation: String, _ members: [String: JSONValue]) -> JSONValue {
        .object(members.merging(["operation": .string(operation), "settings": settings]) { _, new in new })
    }

    /// A text with holes of the profile, as the octets of a control.
    func text(_ template: Template?, _ input: JSONValue) throws -> String? {
        do { return try template?.render(input) } catch {
            throw ConnectorError(.configuration, "the request cannot be made: \(error)", detail: error.detail)
        }
    }

    private func request(_ message: CMCMessage, _ input: JSONValue) throws -> HTTPRequest {
        var request = HTTPRequest(
            method: "POST", url: url, headers: [("Content-Type", profile.contentType)], timeout: profile.timeout,
            maximumResponseSize: Self.maximumAnswer, tls: tls)
        do {
            let pairs = try profile.query?.pairs(input) ?? []
            if !pairs.isEmpty { request.url += "?" + PercentEncoding.form(pairs) }
            request.body = try SignedMessage.sign(
                message.body.der, contentType: PKIData.contentType, certificate: credential.certificate,
                key: credential.key, identification: profile.signer, digest: profile.digest,
                certificates: credential.certificateChain)
        } catch let error as PKIXError {
            throw ConnectorError(.configuration, "the message cannot be signed: \(error)", detail: error.detail)
        } catch {
            // Nothing was sent, and it can be made once profile, template or directory are mended: nobody's order ends for it.
            throw ConnectorError(
                .configuration, "the request cannot be made: \(error)", detail: (error as? ExpressionError)?.detail)
        }
        return request
    }

    private static func explaining<Result>(_ setting: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch {
            throw ConnectorError(
                .configuration, "settings.\(setting): \(error)", detail: (error as? PKIXError)?.detail)
        }
    }
}
