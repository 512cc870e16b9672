// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A result code of the CA (HRESULT), as its pages print it, with who must act (wire/adcs-http §11).
struct DispositionCode: Sendable, Hashable, CustomStringConvertible {
    enum Meaning: Sendable {
        /// The request as it is will never be granted.
        case rejected
        /// The CA, its template or our settings are wrong.
        case configuration
        /// Our account lacks a right.
        case authentication
        /// The CA service did not get the request.
        case transient
        /// The CA service may have executed the request.
        case unknown
        /// There is no such request.
        case noRequest
    }

    let value: UInt32

    init(_ value: UInt32) { self.value = value }

    var isSuccess: Bool { value == 0 }
    /// Failures have the highest bit.
    var isFailure: Bool { value & 0x8000_0000 != 0 }

    /// Codes that are not listed: those of certificates and keys (facility 9) are about the request; any other may be about
    /// the way to the CA, or what happened there.
    var meaning: Meaning { Self.known[value]?.meaning ?? (value >> 16 == 0x8009 ? .rejected : .unknown) }

    /// Whether the sheet tells what it means.
    var isListed: Bool { Self.known[value] != nil }

    /// What the operator does about it; nil where the CA's own text says it.
    var advice: String? { Self.known[value]?.advice }

    /// `0x80094800 CERTSRV_E_UNSUPPORTED_CERT_TYPE`.
    var description: String {
        let digits = String(value, radix: 16)
        let hex = "0x" + String(repeating: "0", count: 8 - digits.count) + digits
        return Self.known[value].map { "\(hex) \($0.name)" } ?? hex
    }

    private static let known: [UInt32: (name: String, meaning: Meaning, advice: String?)] = [
        0x8009_4800: (
            "CERTSRV_E_UNSUPPORTED_CERT_TYPE", .configuration, "publish the template at this CA, or mend its name (cn)"
        ),
        0x8009_4801: ("CERTSRV_E_NO_CERT_TYPE", .configuration, "the CA wants a template; name one as product"),
        0x8009_4012: (
            "CERTSRV_E_TEMPLATE_DENIED", .configuration, "let the account enroll in the template's security settings"
        ),
        0x8009_4009: (
            "CERTSRV_E_RESTRICTEDOFFICER", .configuration, "let this agent enroll for the template and the group"
        ),
        0x8009_4809: (
            "CERTSRV_E_SIGNATURE_POLICY_REQUIRED", .configuration,
            "the template wants the signature of an enrollment agent: set agentCertificate"
        ),
        0x8009_480A: (
            "CERTSRV_E_SIGNATURE_COUNT", .configuration, "the template wants another number of agent signatures"
        ),
        0x8009_4014: ("CERTSRV_E_ADMIN_DENIED_REQUEST", .rejected, nil),
        0x8009_4003: ("CERTSRV_E_BAD_REQUESTSTATUS", .rejected, nil),
        0x8009_4004: ("CERTSRV_E_PROPERTY_EMPTY", .noRequest, nil),
        0x8009_4001: ("CERTSRV_E_BAD_REQUESTSUBJECT", .rejected, nil),
        0x8009_310B: ("CRYPT_E_ASN1_BADTAG", .rejected, nil),
        0x8007_0005: ("E_ACCESSDENIED", .authentication, "check the rights of the account at the CA"),
        0x8007_0547: ("ERROR_NO_SUCH_DOMAIN", .rejected, nil),
        0x8007_0525: ("ERROR_NO_SUCH_USER", .rejected, nil),
        0x8007_06BA: ("RPC_S_SERVER_UNAVAILABLE", .transient, "the web server runs, the CA service does not"),
        0x8007_06BE: ("RPC_S_CALL_FAILED", .unknown, nil),
        0x8007_06BF: ("RPC_S_CALL_FAILED_DNE", .transient, nil),
    ]
}
