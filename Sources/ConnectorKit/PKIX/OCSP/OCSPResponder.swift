// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
public import Foundation

/// Answers OCSP questions about the certificates of one issuer, signed with its own key (RFC 6960 §4.2).
public struct OCSPResponder: Sendable {
    private let issuer: Certificate
    private let key: PrivateKey

    public init(issuer: Certificate, key: PrivateKey) {
        (self.issuer, self.key) = (issuer, key)
    }

    /// The answer to a request. One that is no request, or is about another issuer's certificates, is refused in the words of the
    /// protocol, unsigned.
    ///
    /// - Parameters:
    ///   - nextUpdate: until when the answer may be kept.
    ///   - status: of a certificate.
    /// - Throws: `PKIXError` when it cannot be made.
    public func answer(
        _ request: [UInt8], at date: Date, nextUpdate: Date, _ status: (SerialNumber) -> OCSPStatus
    ) throws -> [UInt8] {
        guard
            let question = try? decodeDER(
                request, as: "OCSP request", { d2i_OCSP_REQUEST(nil, $0, $1) }, free: { OCSP_REQUEST_free($0) }),
            OCSP_request_onereq_count(question) > 0
        else { return try refusal(OCSP_RESPONSE_STATUS_MALFORMEDREQUEST) }
        defer { OCSP_REQUEST_free(question) }
        let basic = try require(OCSP_BASICRESP_new())
        defer { OCSP_BASICRESP_free(basic) }
        let (this, next) = (try require(ASN1_TIME_new()), try require(ASN1_TIME_new()))
        defer {
            ASN1_STRING_free(this)
            ASN1_STRING_free(next)
        }
        _ = try require(ASN1_GENERALIZEDTIME_set(this, time_t(date.timeIntervalSince1970)))
        _ = try require(ASN1_GENERALIZEDTIME_set(next, time_t(nextUpdate.timeIntervalSince1970)))
        for index in 0..<OCSP_request_onereq_count(question) {
            let identifier = OCSP_onereq_get0_id(OCSP_request_onereq_get0(question, index))
            guard let serial = try serialNumber(identifier) else {
                return try refusal(OCSP_RESPONSE_STATUS_UNAUTHORIZED)
            }
            try add(status(serial), identifier, this, next, to: basic)
        }
        _ = OCSP_copy_nonce(basic, question)
        try require(
            withExtendedLifetime((issuer, key)) {
                OCSP_basic_sign(basic, issuer.pointer, key.pointer, (key.keyType?.digest ?? .sha256).evp, nil, 0)
            }, .library, "cannot sign")
        let response = try require(OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic))
        defer { OCSP_RESPONSE_free(response) }
        return try encodeDER { i2d_OCSP_RESPONSE(response, $0) }
    }

    /// - Returns: nil for a certificate of another issuer.
    private func serialNumber(_ identifier: OpaquePointer?) throws -> SerialNumber? {
        var digest: OpaquePointer?
        var number: UnsafeMutablePointer<ASN1_INTEGER>?
        guard OCSP_id_get0_info(nil, &digest, nil, &number, identifier) == 1, let number,
            let method = EVP_get_digestbyname(OBJ_nid2sn(OBJ_obj2nid(digest)))
        else { return nil }
        let own = try require(OCSP_cert_to_id(method, nil, issuer.pointer))
        defer { OCSP_CERTID_free(own) }
        guard OCSP_id_issuer_cmp(own, identifier) == 0 else { return nil }
        return SerialNumber(UnsafeBufferPointer(start: number.pointee.data, count: Int(number.pointee.length)))
    }

    private func add(
        _ status: OCSPStatus, _ identifier: OpaquePointer?, _ this: UnsafeMutablePointer<ASN1_TIME>,
        _ next: UnsafeMutablePointer<ASN1_TIME>, to basic: OpaquePointer
    ) throws {
        var revoked: UnsafeMutablePointer<ASN1_TIME>?
        defer { ASN1_STRING_free(revoked) }
        var (code, reason): (Int32, Int32) = (V_OCSP_CERTSTATUS_UNKNOWN, 0)
        switch status {
        case .good: code = V_OCSP_CERTSTATUS_GOOD
        case .unknown: break
        case .revoked(let date, let reasonCode):
            (code, reason) = (V_OCSP_CERTSTATUS_REVOKED, Int32(reasonCode ?? -1))
            let time = try require(ASN1_TIME_new())
            revoked = time
            _ = try require(ASN1_GENERALIZEDTIME_set(time, time_t(date.timeIntervalSince1970)))
        }
        _ = try require(OCSP_basic_add1_status(basic, identifier, code, reason, revoked, this, next))
    }

    private func refusal(_ status: Int32) throws -> [UInt8] {
        ERR_clear_error()
        let response = try require(OCSP_response_create(status, nil))
        defer { OCSP_RESPONSE_free(response) }
        return try encodeDER { i2d_OCSP_RESPONSE(response, $0) }
    }
}
