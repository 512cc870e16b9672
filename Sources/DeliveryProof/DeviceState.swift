// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import JSONDocuments
import MicrosoftGraph

/// A device of a person, and what it has reported of one certificate (beta, `managedDevice` and `managedDeviceCertificateState`).
public struct DeviceState: Sendable, Hashable {
    public let name: String
    public let system: String
    public let version: String
    public let lastSync: Date?
    /// `certificateIssuanceState`, as Graph spells it; nil where nothing was reported.
    public var issuance: String?
    public var errorCode: Int?

    init(_ json: JSONValue) {
        name = json["deviceName"]?.string ?? json["id"]?.string ?? "?"
        system = json["operatingSystem"]?.string ?? "?"
        version = json["osVersion"]?.string ?? ""
        lastSync = json["lastSyncDateTime"]?.string.flatMap(GraphDate.read)
    }

    public var isInstalled: Bool { ["installed", "enrollmentSucceeded", "renewVerified"].contains(issuance) }

    /// Whether what failed lies before the device: a connector could not open the password.
    public var hasFailedAtConnector: Bool {
        ["issueFailed", "requestCreationFailed", "requestSubmitFailed", "responseProcessingFailed"].contains(issuance)
    }

    public var hasFailedOnDevice: Bool { issuance == "installFailed" }

    /// Whether this version does not open AES files (wire/intune-pfx.md section 6); of Android and macOS it is not said
    /// from which on they do, so that only versions which surely do not count.
    public var isTooOldForAES: Bool {
        let parts = version.split(separator: ".").compactMap { Int($0) }
        guard let major = parts.first else { return false }
        let system = system.lowercased()
        if system.hasPrefix("ios") || system.hasPrefix("ipad") { return major < 18 }
        if system.hasPrefix("android") { return major < 14 }
        if system.hasPrefix("windows") { return major == 10 && parts.count >= 3 && parts[2] < 16299 }
        return false
    }

    var json: JSONValue {
        [
            "name": .string(name), "system": .string(system), "version": .string(version),
            "lastSync": JSONValue(lastSync?.ISO8601Format()), "reported": JSONValue(issuance),
            "errorCode": errorCode.map { JSONValue($0) } ?? .null,
        ]
    }
}
