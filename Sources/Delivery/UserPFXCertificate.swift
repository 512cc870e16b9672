// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import MicrosoftGraph

/// Intune's record of one imported PFX, as far as it can be read: file and password are write-only
/// (wire/intune-pfx.md sections 2 and 3).
public struct UserPFXCertificate: Sendable {
    /// Object id of the user without dashes, a dash, the thumbprint; all lower case.
    public let id: String
    /// SHA-1 of the certificate, 40 lower-case hex digits.
    public let thumbprint: String
    public let intendedPurpose: String
    public let userPrincipalName: String
    public let startDateTime: Date?
    public let expirationDateTime: Date?
    public let providerName: String
    public let keyName: String
    public let paddingScheme: String
    /// When Intune was given it; nil for one that is yet to be written.
    public let createdDateTime: Date?

    /// The id Intune makes.
    public static func id(userID: String, thumbprint: String) -> String {
        "\(userID.replacing("-", with: ""))-\(thumbprint)".lowercased()
    }

    /// Reads an entity; what is missing is empty and equals nothing we would write.
    public init(_ json: JSONValue) {
        func text(_ key: String) -> String { json[key]?.string ?? "" }
        id = text("id").lowercased()
        thumbprint = text("thumbprint").lowercased()
        intendedPurpose = text("intendedPurpose")
        userPrincipalName = text("userPrincipalName")
        startDateTime = GraphDate.read(text("startDateTime"))
        expirationDateTime = GraphDate.read(text("expirationDateTime"))
        providerName = text("providerName")
        keyName = text("keyName")
        paddingScheme = text("paddingScheme")
        createdDateTime = GraphDate.read(text("createdDateTime"))
    }

    init(
        id: String, thumbprint: String, intendedPurpose: String, userPrincipalName: String, startDateTime: Date,
        expirationDateTime: Date, providerName: String, keyName: String, paddingScheme: String
    ) {
        self.id = id
        self.thumbprint = thumbprint
        self.intendedPurpose = intendedPurpose
        self.userPrincipalName = userPrincipalName
        self.startDateTime = startDateTime
        self.expirationDateTime = expirationDateTime
        self.providerName = providerName
        self.keyName = keyName
        self.paddingScheme = paddingScheme
        createdDateTime = nil
    }

    /// Whether devices may use it for this at that time.
    public func serves(_ purpose: IntendedPurpose, at date: Date) -> Bool {
        intendedPurpose.lowercased() == purpose.rawValue.lowercased() && expirationDateTime.map { $0 > date } ?? true
    }

    /// Whether an answer is about `wanted`: the same certificate of the same user.
    func names(_ wanted: UserPFXCertificate) -> Bool { id == wanted.id && thumbprint == wanted.thumbprint }

    /// Whether this is the certificate of `wanted`, under whoever's id.
    func isFiling(of wanted: UserPFXCertificate) -> Bool {
        thumbprint == wanted.thumbprint && id.hasSuffix("-\(wanted.thumbprint)")
    }

    /// The properties that differ, by name. The service may spell enumerations and addresses in another case.
    func differences(from other: UserPFXCertificate) -> [String] {
        [
            ("thumbprint", thumbprint == other.thumbprint),
            ("intendedPurpose", intendedPurpose.lowercased() == other.intendedPurpose.lowercased()),
            ("userPrincipalName", userPrincipalName.lowercased() == other.userPrincipalName.lowercased()),
            ("startDateTime", startDateTime == other.startDateTime),
            ("expirationDateTime", expirationDateTime == other.expirationDateTime),
            ("providerName", providerName == other.providerName), ("keyName", keyName == other.keyName),
            ("paddingScheme", paddingScheme.lowercased() == other.paddingScheme.lowercased()),
        ].filter { !$0.1 }.map(\.0)
    }

    /// The body of create and update, without file and password.
    var json: JSONValue {
        [
            "thumbprint": .string(thumbprint), "intendedPurpose": .string(intendedPurpose),
            "userPrincipalName": .string(userPrincipalName),
            "startDateTime": JSONValue(startDateTime?.formatted(.iso8601)),
            "expirationDateTime": JSONValue(expirationDateTime?.formatted(.iso8601)),
            "providerName": .string(providerName), "keyName": .string(keyName),
            "paddingScheme": .string(paddingScheme),
        ]
    }
}
