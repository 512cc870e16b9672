// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
public import Foundation

/// One question to an OCSP responder about one certificate, and what its answer proves (RFC 6960).
public final class OCSPExchange: Sendable {
    /// By how much clocks may differ.
    private static let tolerance: TimeInterval = 300

    // Only read after init.
    nonisolated(unsafe) private let question: OpaquePointer
    // Belongs to `question`.
    nonisolated(unsafe) private let identifier: OpaquePointer
    private let issuer: Certificate

    /// What is sent as `application/ocsp-request`.
    public let request: [UInt8]

    /// Asks by SHA-1, which every responder knows and which protects nothing here, with a nonce.
    ///
    /// - Throws: `PKIXError`.
    public init(about certificate: Certificate, issuer: Certificate) throws {
        let question = try require(OCSP_REQUEST_new())
        do {
            let identifier = try require(OCSP_cert_to_id(EVP_sha1(), certificate.pointer, issuer.pointer))
            guard OCSP_request_add0_id(question, identifier) != nil else {
                OCSP_CERTID_free(identifier)
                throw PKIXError.fromQueue(.library, "openssl call failed")
            }
            try require(OCSP_request_add1_nonce(question, nil, -1))
            request = try encodeDER { i2d_OCSP_REQUEST(question, $0) }
            (self.question, self.identifier, self.issuer) = (question, identifier, issuer)
        } catch {
            OCSP_REQUEST_free(question)
            throw error
        }
    }

    deinit { OCSP_REQUEST_free(question) }

    /// What an answer says of the certificate. It counts when the issuer has signed it, or somebody to whom the issuer has given that
    /// right, when it is in force, and when it has our nonce, or none, as that of a responder that signs in advance.
    ///
    /// - Throws: `PKIXError`: `malformed`, `signatureMismatch`, or `unacceptable` for an answer that is no answer to this, or out of
    ///   date.
    public func status(in answer: [UInt8], at date: Date) throws -> OCSPStatus {
        ERR_clear_error()
        let response = try decodeDER(
            answer, as: "OCSP response", { d2i_OCSP_RESPONSE(nil, $0, $1) }, free: { OCSP_RESPONSE_free($0) })
        defer { OCSP_RESPONSE_free(response) }
        let outcome = OCSP_response_status(response)
        guard outcome == OCSP_RESPONSE_STATUS_SUCCESSFUL else {
            throw PKIXError(
                .unacceptable, "the responder refuses: \(String(cString: OCSP_response_status_str(Int(outcome))))")
        }
        let basic = try require(OCSP_response_get1_basic(response), .malformed, "not a basic OCSP response")
        defer { OCSP_BASICRESP_free(basic) }
        guard [1, -1].contains(OCSP_check_nonce(question, basic)) else {
            throw PKIXError(.unacceptable, "the answer is to another question: its nonce differs")
        }
        try verify(basic, at: date)
        return try status(in: basic, at: date)
    }

    private func verify(_ basic: OpaquePointer, at date: Date) throws {
        let store = try require(X509_STORE_new())
        defer { X509_STORE_free(store) }
        try require(X509_STORE_add_cert(store, issuer.pointer))
        try require(X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN)))
        X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), time_t(date.timeIntervalSince1970))
        let certificates = try require(OPENSSL_sk_new_null())
        defer { OPENSSL_sk_free(certificates) }
        try require(OPENSSL_sk_push(certificates, UnsafeRawPointer(issuer.pointer)))
        try require(
            withExtendedLifetime(issuer) { OCSP_basic_verify(basic, certificates, store, 0) }, .signatureMismatch,
            "the OCSP answer is not signed for \(issuer.subject)")
    }

    private func status(in basic: OpaquePointer, at date: Date) throws -> OCSPStatus {
        var (status, reason): (Int32, Int32) = (0, 0)
        var (revoked, this, next):
            (
                UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?, UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?,
                UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
            )
        guard OCSP_resp_find_status(basic, identifier, &status, &reason, &revoked, &this, &next) == 1 else {
            throw PKIXError(.unacceptable, "the answer is not about the certificate")
        }
        guard let start = ASN1Time.date(this), start <= date + Self.tolerance else {
            throw PKIXError(.unacceptable, "the answer is of the future")
        }
        if let next, let end = ASN1Time.date(next), end < date - Self.tolerance {
            throw PKIXError(.unacceptable, "the answer is out of date since \(end.ISO8601Format())")
        }
        switch status {
        case V_OCSP_CERTSTATUS_GOOD: return .good
        case V_OCSP_CERTSTATUS_REVOKED:
            guard let time = ASN1Time.date(revoked) else {
                throw PKIXError(.malformed, "the answer has no time of revocation")
            }
            return .revoked(at: time, reasonCode: reason >= 0 ? Int(reason) : nil)
        default: return .unknown
        }
    }
}
