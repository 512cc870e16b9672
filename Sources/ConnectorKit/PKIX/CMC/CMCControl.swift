// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A control of a CMC message (RFC 5272 §3.2.1.1, TaggedAttribute).
public struct CMCControl: Sendable, Hashable {
    public var bodyPartID: UInt32
    public var value: Value

    public init(_ bodyPartID: UInt32, _ value: Value) {
        self.bodyPartID = bodyPartID
        self.value = value
    }

    /// What it says. The section numbers are those of RFC 5272.
    public enum Value: Sendable, Hashable {
        /// §6.1.2
        case statusInfo(CMCStatus)
        /// §6.2.3
        case identification(String)
        /// §6.6
        case transactionID(CMCTransactionID)
        /// §6.6
        case senderNonce([UInt8])
        /// §6.6
        case recipientNonce([UInt8])
        /// §6.11
        case revokeRequest(CMCRevokeRequest)
        /// §6.12
        case regInfo([UInt8])
        /// §6.12
        case responseInfo([UInt8])
        /// §6.13, with the token of pendInfo.
        case queryPending([UInt8])
        /// §6.14
        case confirmCertAcceptance(IssuerAndSerialNumber)
        /// §6.1.1
        case statusInfoV2(CMCStatus)
        /// Any other: its dotted object identifier and the DER of its values.
        case other(type: String, values: [[UInt8]])
    }
}

extension CMCControl.Value {
    private static let arc = "1.3.6.1.5.5.7.7."

    /// Dotted object identifier.
    public var type: String {
        switch self {
        case .statusInfo: Self.arc + "1"
        case .identification: Self.arc + "2"
        case .transactionID: Self.arc + "5"
        case .senderNonce: Self.arc + "6"
        case .recipientNonce: Self.arc + "7"
        case .revokeRequest: Self.arc + "17"
        case .regInfo: Self.arc + "18"
        case .responseInfo: Self.arc + "19"
        case .queryPending: Self.arc + "21"
        case .confirmCertAcceptance: Self.arc + "24"
        case .statusInfoV2: Self.arc + "25"
        case .other(let type, _): type
        }
    }

    /// - Throws: `PKIXError.malformed` for a known control whose value is not what the standard says.
    init(type: String, values: [[UInt8]]) throws {
        guard type.hasPrefix(Self.arc), let number = Int(type.dropFirst(Self.arc.count)) else {
            self = .other(type: type, values: values)
            return
        }
        func one() throws -> [UInt8] {
            if values.count == 1 { return values[0] }
            throw PKIXError(.malformed, "control \(type) has \(values.count) values, not one")
        }
        self =
            switch number {
            case 1: .statusInfo(try CMCStatus(v1: one()))
            case 2: .identification(try ASN1Value.utf8String(der: one()))
            case 5: .transactionID(try ASN1Value.integer(der: one()))
            case 6: .senderNonce(try ASN1Value.octetString(der: one()))
            case 7: .recipientNonce(try ASN1Value.octetString(der: one()))
            case 17: .revokeRequest(try CMCRevokeRequest(der: one()))
            case 18: .regInfo(try ASN1Value.octetString(der: one()))
            case 19: .responseInfo(try ASN1Value.octetString(der: one()))
            case 21: .queryPending(try ASN1Value.octetString(der: one()))
            case 24: .confirmCertAcceptance(try IssuerAndSerialNumber(der: one()))
            case 25: .statusInfoV2(try CMCStatus(v2: one()))
            default: .other(type: type, values: values)
            }
    }

    /// DER of the values.
    var values: [[UInt8]] {
        get throws {
            switch self {
            case .statusInfo(let status): [try status.v1]
            case .identification(let text): [try ASN1Value.utf8String(text)]
            case .transactionID(let number): [try ASN1Value.integer(number)]
            case .senderNonce(let bytes), .recipientNonce(let bytes), .regInfo(let bytes), .responseInfo(let bytes),
                .queryPending(let bytes):
                [try ASN1Value.octetString(bytes)]
            case .revokeRequest(let request): [try request.der]
            case .confirmCertAcceptance(let name): [try name.der]
            case .statusInfoV2(let status): [try status.v2]
            case .other(_, let values): values
            }
        }
    }
}
