// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// An HRESULT as the pages print it: number, symbol and sentence (wire/adcs-http.md sections 5 and 11).
struct StatusCode: Error, Equatable {
    let value: UInt32
    /// `CERTSRV_E_…`, or `WIN32: n` for codes of Windows itself.
    let symbol: String
    let sentence: String

    init(_ value: UInt32, _ symbol: String, _ sentence: String) {
        self.value = value
        self.symbol = symbol
        self.sentence = sentence
    }

    static let success = StatusCode(0, "WIN32: 0", "The operation completed successfully.")
    static let templateNotPublished = StatusCode(
        0x8009_4800, "CERTSRV_E_UNSUPPORTED_CERT_TYPE",
        "The requested certificate template is not supported by this CA.")
    static let templateMissing = StatusCode(
        0x8009_4801, "CERTSRV_E_NO_CERT_TYPE", "The request contains no certificate template information.")
    static let templateDenied = StatusCode(
        0x8009_4012, "CERTSRV_E_TEMPLATE_DENIED",
        "The permissions on the certificate template do not allow the current user to enroll for this type of certificate."
    )
    static let restrictedOfficer = StatusCode(
        0x8009_4009, "CERTSRV_E_RESTRICTEDOFFICER",
        "The operation is denied. The user has multiple roles assigned and the certification authority is configured to "
            + "enforce role separation.")
    static let signaturePolicy = StatusCode(
        0x8009_4809, "CERTSRV_E_SIGNATURE_POLICY_REQUIRED",
        "The request is missing a required signature policy attribute.")
    static let signatureCount = StatusCode(
        0x8009_480A, "CERTSRV_E_SIGNATURE_COUNT", "The request is missing one or more required signatures.")
    static let keyLength = StatusCode(
        0x8009_4811, "CERTSRV_E_KEY_LENGTH",
        "The public key does not meet the minimum size required by the specified certificate template.")
    static let badSubject = StatusCode(
        0x8009_4001, "CERTSRV_E_BAD_REQUESTSUBJECT", "The request subject name is invalid or too long.")
    static let deniedByOfficer = StatusCode(
        0x8009_4014, "CERTSRV_E_ADMIN_DENIED_REQUEST",
        "The request was denied by a certificate manager or CA administrator.")
    static let propertyEmpty = StatusCode(
        0x8009_4004, "CERTSRV_E_PROPERTY_EMPTY", "The requested property value is empty.")
    static let accessDenied = StatusCode(0x8007_0005, "WIN32: 5", "Access is denied.")
    static let noSuchDomain = StatusCode(
        0x8007_0547, "WIN32: 1351", "Configuration information could not be read from the domain controller.")
    static let noSuchUser = StatusCode(0x8007_0525, "WIN32: 1317", "The specified account does not exist.")

    static let serverUnavailable = StatusCode(0x8007_06BA, "WIN32: 1722", "The RPC server is unavailable.")

    /// `0x80094004`; zero is `0x0`.
    var hex: String { "0x" + String(value, radix: 16) }

    /// `0x80094014 (-2146877420 CERTSRV_E_ADMIN_DENIED_REQUEST)`
    var number: String {
        value == 0 ? "\(hex) (\(symbol))" : "\(hex) (\(Int32(bitPattern: value)) \(symbol))"
    }
}
