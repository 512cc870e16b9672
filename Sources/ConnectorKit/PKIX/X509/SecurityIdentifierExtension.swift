// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// The extension that ties a logon certificate to an account of Active Directory (KB5014754, wire/entra-cba §6):
/// GeneralNames with one otherName 1.3.6.1.4.1.311.25.2.1 that holds the SID as an OCTET STRING.
enum SecurityIdentifierExtension {
    static let type = "1.3.6.1.4.1.311.25.2"
    private static let nameType = "1.3.6.1.4.1.311.25.2.1"
    /// What the alternative name that stands for the extension begins with.
    static let uriPrefix = "tag:microsoft.com,2022-09-14:sid:"

    /// - Parameter identifier: text such as `S-1-5-21-…`.
    static func der(_ identifier: String) throws -> [UInt8] {
        guard identifier.hasPrefix("S-1-"),
            identifier.dropFirst().allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "-") })
        else { throw PKIXError(.unacceptable, "\(identifier) is not a security identifier of the form S-1-5-21-…") }
        let string = try require(ASN1_STRING_type_new(V_ASN1_OCTET_STRING))
        defer { ASN1_STRING_free(string) }
        try setOctets(string, identifier.utf8)
        let value = try encodeDER { i2d_ASN1_OCTET_STRING(string, $0) }
        let names = try GeneralName.makeNames([.otherName(type: nameType, der: value)])
        defer { GENERAL_NAMES_free(names) }
        return try encodeDER { i2d_GENERAL_NAMES(names, $0) }
    }

    /// The identifier; nil for anything but exactly one, so that none stays unseen.
    static func read(_ der: [UInt8]) -> String? {
        guard
            let names = try? decodeDER(
                der, as: "GeneralNames", { d2i_GENERAL_NAMES(nil, $0, $1) }, free: { GENERAL_NAMES_free($0) })
        else { return nil }
        defer { GENERAL_NAMES_free(names) }
        // A second name would be one that nobody compares.
        let found = GeneralName.read(names)
        guard found.count == 1, case .otherName(nameType, let value) = found[0],
            let string = try? decodeDER(
                value, as: "OCTET STRING", { d2i_ASN1_OCTET_STRING(nil, $0, $1) }, free: { ASN1_STRING_free($0) })
        else { return nil }
        defer { ASN1_STRING_free(string) }
        return String(decoding: octets(string), as: UTF8.self)
    }
}
