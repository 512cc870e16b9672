// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One alternative name (GeneralName, RFC 5280 §4.2.1.6).
public enum GeneralName: Sendable, Hashable {
    case rfc822Name(String)
    case dNSName(String)
    case uniformResourceIdentifier(String)
    /// 4 or 16 bytes.
    case iPAddress([UInt8])
    case directoryName(DistinguishedName)
    case registeredID(String)
    /// otherName 1.3.6.1.4.1.311.20.2.3, the logon name of a person in Windows and Entra.
    case userPrincipalName(String)
    /// Any other otherName: dotted type and the DER of its value.
    case otherName(type: String, der: [UInt8])
    /// x400Address or ediPartyName, which nobody uses; the number is the ASN.1 tag.
    case unsupported(tag: Int)
}
